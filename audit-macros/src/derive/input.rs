//! The type a derive stands on: its fields or variants, and the words on them.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{
    Attribute, Data, DeriveInput, Expr, ExprLit, Fields, Generics, Ident, Lit, LitStr, Meta, Path,
    Token, Type, ext::IdentExt as _, parse::ParseStream, punctuated::Punctuated,
    spanned::Spanned as _,
};

use super::{messages, name::snake};
use crate::{
    parse::Word,
    report::{Report, nearest},
};

/// Which derive it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `AuditValue`
    Cleared,
    /// `Redact`
    Secret,
}

impl Kind {
    /// The attribute of its words.
    pub(super) fn attribute(self) -> &'static str {
        match self {
            Self::Cleared => "audit",
            Self::Secret => "redact",
        }
    }

    /// The words it takes.
    pub(super) fn words(self) -> &'static [&'static str] {
        match self {
            Self::Cleared => &[
                "display", "debug", "json", "mask", "hash", "last4", "len", "redact", "skip",
                "rename",
            ],
            Self::Secret => &["omit", "mask", "hash", "last4", "plain", "rename"],
        }
    }

    fn word(self, name: &str) -> Option<Written> {
        Some(match (self, name) {
            (Self::Cleared, "skip") | (Self::Secret, "omit") => Written::Nowhere,
            (Self::Cleared, "display") | (Self::Secret, "plain") => Written::As(Word::Display),
            (Self::Cleared, "debug") => Written::As(Word::Debug),
            (Self::Cleared, "json") => Written::As(Word::Json),
            (Self::Cleared, "len") => Written::As(Word::Len),
            (Self::Cleared, "redact") => Written::As(Word::Redact),
            (_, "mask") => Written::As(Word::Mask),
            (_, "hash") => Written::As(Word::Hash),
            (_, "last4") => Written::As(Word::Last4),
            _ => return None,
        })
    }
}

/// How a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Nowhere,
    As(Word),
}

/// A type, judged.
pub(super) struct Input {
    pub(super) kind: Kind,
    pub(super) name: Ident,
    pub(super) generics: Generics,
    pub(super) hooks: TokenStream,
    pub(super) form: Form,
}

/// What a type is written as.
pub(super) enum Form {
    /// One of its variants' names.
    Variants(Vec<(Ident, LitStr)>),
    /// A text of its own.
    Text(String),
    /// Its only field.
    Only(Box<Field>),
    /// An array.
    List(Vec<Field>),
    /// An object.
    Object(Vec<Field>),
    /// Itself, by that word.
    Whole(Word),
}

/// A field that is written.
pub(super) struct Field {
    pub(super) member: TokenStream,
    pub(super) key: LitStr,
    pub(super) of: Type,
    pub(super) word: Word,
}

/// Reads a type; what it makes of a wrong one is not to be printed.
pub(super) fn read(kind: Kind, input: DeriveInput, report: &mut Report) -> Input {
    let mut reader = Reader { kind, report };
    let words = reader.words(&input.attrs);
    if let Some((_, place)) = words.rename {
        reader.report.at(place, messages::rename_without_key());
    }
    let hooks = words.runtime.map_or_else(|| quote!(::audit_runtime), |path| quote!(#path));
    let whole = words.written.and_then(|(written, name)| match written {
        Written::As(word) if kind == Kind::Cleared || word != Word::Display => Some(word),
        _ => {
            reader.report.at(name.span(), messages::word_on_type(&name.to_string()));
            None
        }
    });
    let mut form = match input.data {
        Data::Struct(data) => reader.fields(&input.ident, data.fields, whole.is_some()),
        Data::Enum(data) => reader.variants(data.variants, whole.is_some()),
        Data::Union(data) => {
            reader.report.at(data.union_token.span, messages::no_union());
            Form::List(Vec::new())
        }
    };
    if let Some(word) = whole {
        form = Form::Whole(word);
    }
    let hooks = quote!(#hooks::__private);
    Input { kind, name: input.ident, generics: input.generics, hooks, form }
}

/// The words on one type, field or variant.
#[derive(Default)]
struct Words {
    written: Option<(Written, Ident)>,
    rename: Option<(LitStr, Span)>,
    runtime: Option<Path>,
    runtime_place: Option<Span>,
}

struct Reader<'a> {
    kind: Kind,
    report: &'a mut Report,
}

impl Reader<'_> {
    fn fields(&mut self, name: &Ident, fields: Fields, whole: bool) -> Form {
        let named = matches!(fields, Fields::Named(_));
        let mut keys = Vec::new();
        let mut read = Vec::new();
        for (number, field) in fields.into_iter().enumerate() {
            let words = self.words(&field.attrs);
            if let Some(place) = words.runtime_place {
                self.report.at(place, messages::crate_on_type());
            }
            if let Some((_, word)) = words.written.as_ref().filter(|_| whole) {
                self.report.at(word.span(), messages::word_on_both());
            }
            let key = match (&field.ident, words.rename) {
                (Some(_), Some((key, _))) => key,
                (Some(name), None) => LitStr::new(&name.unraw().to_string(), name.span()),
                (None, rename) => {
                    if let Some((_, place)) = rename {
                        self.report.at(place, messages::rename_without_key());
                    }
                    LitStr::new("", field.ty.span())
                }
            };
            let word = match words.written {
                Some((Written::Nowhere, _)) => continue,
                Some((Written::As(word), _)) => word,
                None if is_phantom(&field.ty) => continue,
                None => Word::Bare,
            };
            if named {
                self.key(&mut keys, &key);
            }
            let member = if let Some(name) = field.ident {
                quote!(#name)
            } else {
                let place = syn::Index { index: narrow(number), span: field.ty.span() };
                quote!(#place)
            };
            read.push(Field { member, key, of: field.ty, word });
        }
        match (named, read.len()) {
            (true, _) => Form::Object(read),
            (false, 0) => Form::Text(snake(&name.unraw().to_string())),
            (false, 1) => {
                read.pop().map_or_else(|| Form::List(Vec::new()), |only| Form::Only(Box::new(only)))
            }
            (false, _) => Form::List(read),
        }
    }

    fn variants(&mut self, variants: Punctuated<syn::Variant, Token![,]>, whole: bool) -> Form {
        let mut keys = Vec::new();
        let mut read = Vec::new();
        for variant in variants {
            let words = self.words(&variant.attrs);
            if let Some(place) = words.runtime_place {
                self.report.at(place, messages::crate_on_type());
            }
            if let Some((_, word)) = words.written {
                self.report.at(word.span(), messages::word_on_variant());
            }
            for field in &variant.fields {
                if let Some((_, word)) = self.words(&field.attrs).written.filter(|_| whole) {
                    self.report.at(word.span(), messages::word_on_both());
                }
            }
            if !whole && !matches!(variant.fields, Fields::Unit) {
                let message = messages::variant_with_fields(self.kind, &variant.ident);
                self.report.at(variant.ident.span(), message);
            }
            let name = &variant.ident;
            let key = words.rename.map_or_else(
                || LitStr::new(&snake(&name.unraw().to_string()), name.span()),
                |(key, _)| key,
            );
            self.key(&mut keys, &key);
            read.push((variant.ident, key));
        }
        Form::Variants(read)
    }

    fn key(&mut self, keys: &mut Vec<String>, key: &LitStr) {
        let text = key.value();
        if keys.contains(&text) {
            self.report.at(key.span(), messages::same_key(&text));
        }
        keys.push(text);
    }

    fn words(&mut self, attributes: &[Attribute]) -> Words {
        let mut words = Words::default();
        for attribute in attributes {
            if !attribute.path().is_ident(self.kind.attribute()) {
                continue;
            }
            match &attribute.meta {
                Meta::Path(path) if self.kind == Kind::Secret => {
                    let name = Ident::new("redact", path.span());
                    self.written(&mut words, Written::As(Word::Redact), name);
                }
                Meta::Path(_) | Meta::NameValue(_) => {
                    self.report.at(attribute.meta.span(), messages::word_missing(self.kind));
                }
                Meta::List(list) => {
                    if list.tokens.is_empty() {
                        self.report.at(list.span(), messages::word_missing(self.kind));
                    }
                    match list.parse_args_with(items) {
                        Ok(items) => {
                            for item in items {
                                self.word(&mut words, item);
                            }
                        }
                        Err(error) => self.report.at(error.span(), messages::not_a_word(self.kind)),
                    }
                }
            }
        }
        words
    }

    fn word(&mut self, words: &mut Words, (name, value): Item) {
        let word = name.unraw().to_string();
        match word.as_str() {
            "rename" => match value {
                Some(Expr::Lit(ExprLit { lit: Lit::Str(key), .. }))
                    if !key.value().trim().is_empty() =>
                {
                    words.rename = Some((key, name.span()));
                }
                _ => self.report.at(name.span(), messages::bad_rename()),
            },
            "crate" => match value {
                Some(Expr::Path(path)) => {
                    words.runtime = Some(path.path);
                    words.runtime_place = Some(name.span());
                }
                _ => self.report.at(name.span(), messages::crate_path()),
            },
            _ => match (self.kind.word(&word), value) {
                (Some(written), None) => self.written(words, written, name),
                (Some(_), Some(value)) => {
                    let message = messages::word_with_value(self.kind, &word);
                    self.report.at(value.span(), message);
                }
                (None, _) => {
                    let near = nearest(self.kind.words(), &word);
                    let message = messages::unknown_word(self.kind, &word, near);
                    self.report.at(name.span(), message);
                }
            },
        }
    }

    fn written(&mut self, words: &mut Words, written: Written, name: Ident) {
        if let Some((_, first)) = &words.written {
            let message = messages::two_words(&first.to_string(), &name.to_string());
            return self.report.at(name.span(), message);
        }
        words.written = Some((written, name));
    }
}

/// A word, and what follows its `=`.
type Item = (Ident, Option<Expr>);

fn items(input: ParseStream<'_>) -> syn::Result<Punctuated<Item, Token![,]>> {
    Punctuated::parse_terminated_with(input, item)
}

fn item(input: ParseStream<'_>) -> syn::Result<Item> {
    let name = Ident::parse_any(input)?;
    let value = if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        Some(input.parse()?)
    } else {
        None
    };
    Ok((name, value))
}

/// `PhantomData` holds nothing to write.
fn is_phantom(of: &Type) -> bool {
    matches!(of, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "PhantomData"))
}

/// A struct has no more fields than fit.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
