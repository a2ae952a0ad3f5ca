//! The parameters: their names, and how a body that owns them takes those it may change.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{
    FnArg, Pat, PatType, Receiver, ReceiverKind, ReturnType, Signature, Type, ext::IdentExt as _,
};

use super::{
    Function, assignments,
    tokens::{self, is_punct, is_word},
};

/// How a closure or an async block takes the parameters that the body may change.
pub(crate) struct Taken {
    /// What stands in front of the body.
    pub(crate) head: TokenStream,
    /// At the start of the closure or block.
    pub(crate) statements: TokenStream,
    /// The body.
    pub(crate) body: TokenStream,
    /// Whether the lint `unused_assignments` would fire without a reason, and cannot be kept to the
    /// place.
    pub(crate) quiet: bool,
}

impl Function {
    /// Whether it takes `&mut self`.
    pub(crate) fn is_lent_mutably(&self) -> bool {
        self.signature.receiver().is_some_and(|receiver| {
            let mut written = receiver.to_token_stream().into_iter();
            is_punct(written.next().as_ref(), '&')
                && written.any(|token| is_word(Some(&token), "mut"))
        })
    }

    /// Whether it returns a primitive, which tells of no failure.
    pub(crate) fn returns_primitive(&self) -> bool {
        match &self.signature.output {
            ReturnType::Default => true,
            ReturnType::Type(_, output) => is_primitive(output),
        }
    }

    /// The names that the parameters bind, `self` among them.
    pub(crate) fn parameters(&self) -> Vec<String> {
        let mut names = Vec::new();
        for parameter in &self.signature.inputs {
            match parameter {
                FnArg::Receiver(_) => names.push("self".to_owned()),
                FnArg::Typed(typed) => names.extend(variables(&typed.pat)),
            }
        }
        names
    }

    /// The parameters whose use by value is surely a copy, and the others.
    ///
    /// A copy that is made where a call is recorded leaves the parameter in its register where it
    /// is not.
    pub(crate) fn copied(&self) -> (Vec<String>, Vec<String>) {
        let is_copied = |parameter: &FnArg| match parameter {
            FnArg::Receiver(receiver) => {
                matches!(receiver.kind, ReceiverKind::Reference(_, _, None))
            }
            FnArg::Typed(PatType { pat, ty, .. }) => {
                let plain = matches!(&**pat, Pat::Ident(name) if name.mutability.is_none());
                plain && is_copied(ty)
            }
        };
        let names = |parameter: &FnArg| match parameter {
            FnArg::Receiver(_) => vec!["self".to_owned()],
            FnArg::Typed(typed) => variables(&typed.pat),
        };
        let (mut copied, mut others) = (Vec::new(), Vec::new());
        for parameter in &self.signature.inputs {
            let all = if is_copied(parameter) { &mut copied } else { &mut others };
            all.extend(names(parameter));
        }
        (copied, others)
    }

    /// Where the body seems to give back what a parameter other than the receiver refers to.
    ///
    /// That a result lives too long is found where generated code hands it on, and is to be shown
    /// in the body.
    pub(crate) fn gives_back(&self, calls_itself: bool) -> Option<Span> {
        let refers = |parameter: &FnArg| match parameter {
            FnArg::Typed(PatType { ty, pat, .. }) => {
                let mut sign = |_: Option<&TokenTree>, token: &TokenTree, _: Option<&TokenTree>| {
                    is_punct(Some(token), '&') || is_punct(Some(token), '\'')
                };
                let refers = tokens::find(&ty.to_token_stream(), &mut sign).is_some();
                refers.then(|| pat.to_token_stream())
            }
            FnArg::Receiver(_) => None,
        };
        let names: TokenStream = self.signature.inputs.iter().filter_map(refers).collect();
        let is_one = |token: &TokenTree| {
            let TokenTree::Ident(used) = token else { return false };
            let same = &mut |_: Option<&TokenTree>, name: &TokenTree, _: Option<&TokenTree>| matches!(name, TokenTree::Ident(name) if name == used);
            tokens::find(&names, same).is_some()
        };
        if calls_itself {
            // Last: in front of it are the calls.
            let mut last = None;
            tokens::find(&self.body, &mut |_, token, _| {
                last = is_one(token).then(|| token.span()).or(last);
                false
            });
            return last;
        }
        // As a whole in the first place: `return name;`, `{ name }`.
        let alone = tokens::find(&self.body, &mut |before, token, after| {
            let begins = before.is_none_or(|before| {
                is_word(Some(before), "return")
                    || [';', '>'].iter().any(|sign| is_punct(Some(before), *sign))
                    || tokens::group(Some(before), Delimiter::Brace).is_some()
            });
            let ends =
                after.is_none_or(|after| [';', ','].iter().any(|s| is_punct(Some(after), *s)));
            begins && ends && is_one(token)
        });
        let found = alone.or_else(|| tokens::find(&self.body, &mut |_, token, _| is_one(token)));
        found.map(|token| token.span())
    }

    /// What the body takes, as it must be for a body that is the function's own.
    ///
    /// A parameter `mut name` becomes a variable of the closure, so that the lints about it are
    /// those of a variable. In a future that would store it twice: there it stays as it is, unless
    /// nothing reads it. What does not become a variable, as `mut self`, is mentioned as a whole:
    /// without that a closure copies the one field that is assigned to, and the parameter itself,
    /// which is dropped or returned, keeps the old value.
    ///
    /// Of a variable with a field that is assigned to, and not read again, the compiler says so
    /// unless the variable is dropped by code of its own; of `self` it never does. Of what is
    /// captured it knows no drop and no `self`: it is shown the one, and is silent about the other.
    pub(crate) fn taken(&self, hooks: &TokenStream) -> Taken {
        let is_sync = self.signature.asyncness.is_none();
        let mut signature = self.signature.clone();
        let (mut own, mut touched) = (Vec::new(), Vec::new());
        for parameter in &mut signature.inputs {
            let names = mutable(parameter);
            let all = |takes: &dyn Fn(&Ident) -> bool| names.iter().all(|(_, name)| takes(name));
            match parameter {
                FnArg::Typed(PatType { attrs, pat, .. })
                    if attrs.is_empty()
                        && !names.is_empty()
                        && (is_sync || all(&|name| !tokens::reads(&self.body, name))) =>
                {
                    **pat = Pat::Verbatim(tokens::immutable(pat.to_token_stream()));
                    own.extend(
                        names.iter().map(|(keyword, name)| quote!(let #keyword #name = #name;)),
                    );
                }
                _ => touched.extend(
                    names.into_iter().map(|(_, name)| name).filter(|name| self.touches(name)),
                ),
            }
        }
        let (mut changed, mut whole) = (Vec::new(), Vec::new());
        let (mut body, mut quiet) = (self.body.clone(), false);
        for name in touched {
            if name == "self" {
                (body, quiet) = assignments::silent(body, &name);
                whole.push(name);
            } else if tokens::assigns_part(&self.body, &name) {
                changed.push(name);
            } else {
                whole.push(name);
            }
        }
        let whole = (!whole.is_empty()).then(|| quote!(let _ = (#(&#whole,)*);));
        let changed = (!changed.is_empty()).then(|| {
            quote!(if false { #[allow(unused_assignments)] { #(#changed = #hooks::never();)* } })
        });
        Taken {
            head: if own.is_empty() { self.head.clone() } else { self.head_with(&signature) },
            statements: quote!(#whole #changed #(#own)*),
            body,
            quiet,
        }
    }

    /// Whether the body uses a part of the variable.
    fn touches(&self, name: &Ident) -> bool {
        let mut part = |_: Option<&TokenTree>, token: &TokenTree, after: Option<&TokenTree>| {
            matches!(token, TokenTree::Ident(found) if found == name) && is_punct(after, '.')
        };
        tokens::find(&self.body, &mut part).is_some()
    }

    /// What stands in front of the body, with another signature.
    fn head_with(&self, signature: &Signature) -> TokenStream {
        let mut head = TokenStream::new();
        for token in self.head.clone() {
            let ends = is_word(Some(&token), "fn");
            head.extend([token]);
            if ends {
                break;
            }
        }
        let Signature { ident, generics, inputs, output, .. } = signature;
        let clause = &generics.where_clause;
        let mut parameters = TokenStream::new();
        signature.paren_token.surround(&mut parameters, |inside| inputs.to_tokens(inside));
        quote!(#head #ident #generics #parameters #output #clause)
    }
}

/// All names of a pattern, those of types among them.
fn variables(pattern: &Pat) -> Vec<String> {
    let mut names = Vec::new();
    tokens::find(&pattern.to_token_stream(), &mut |_, token, _| {
        if let TokenTree::Ident(name) = token {
            names.push(name.unraw().to_string());
        }
        false
    });
    names
}

/// Primitives, and references that do not let change.
fn is_copied(written: &Type) -> bool {
    match written {
        Type::Reference(reference) => reference.mutability.is_none(),
        _ => is_primitive(written),
    }
}

/// `()`, `bool`, `char`, numbers.
fn is_primitive(written: &Type) -> bool {
    const NAMES: [&str; 16] = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64", "bool", "char",
    ];
    match written {
        Type::Path(path) => NAMES.iter().any(|name| path.path.is_ident(name)),
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        _ => false,
    }
}

/// The variables of the parameter that are `mut`, behind that word; `&mut self` is a reference.
fn mutable(parameter: &FnArg) -> Vec<(TokenTree, Ident)> {
    let written = match parameter {
        FnArg::Receiver(Receiver { kind: ReceiverKind::Reference(..), .. }) => return Vec::new(),
        FnArg::Receiver(receiver) => receiver.to_token_stream(),
        FnArg::Typed(typed) => typed.pat.to_token_stream(),
    };
    let mut names = Vec::new();
    tokens::find(&written, &mut |before, token, after| {
        if let (true, Some(TokenTree::Ident(name))) = (tokens::makes_mutable(before, token), after)
        {
            names.push((token.clone(), name.clone()));
        }
        false
    });
    names
}
