//! Follows the paths through a body, and rewrites what leaves it.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;
use syn::{
    BinOp, Block, Expr, ExprBreak, Item, Lifetime, Macro, Pat, Stmt, Token, spanned::Spanned as _,
};

use super::{calls, is_operator, leaves};
use crate::{
    expand::{at, located, own},
    parse::{self, Function},
};

/// The block with each `return` and each `?` leaving it by the label; whether there is one. None
/// where a path leaves it without calling the name, and where something else may leave it.
pub(super) fn caught(
    block: &mut Block,
    function: &Function,
    hooks: &TokenStream,
    label: &Lifetime,
) -> Option<bool> {
    let name = function.signature.ident.clone();
    let mut walk = Walk {
        name,
        label,
        returns: function.returns(),
        hooks,
        called: false,
        escapes: false,
        breaks: false,
        exits: 0,
    };
    walk.block(block);
    (walk.called && !walk.escapes).then_some(walk.exits > 0)
}

struct Walk<'a> {
    name: Ident,
    label: &'a Lifetime,
    returns: TokenStream,
    hooks: &'a TokenStream,
    /// Whether the path that led here has called the name, or ended.
    called: bool,
    /// Whether a path goes back or out without having called it, or is not understood.
    escapes: bool,
    /// Whether such a path breaks out of what it is in.
    breaks: bool,
    /// How often the label was used.
    exits: usize,
}

impl Walk<'_> {
    fn is_operator(&self) -> bool {
        is_operator(&self.name.to_string())
    }

    fn block(&mut self, block: &mut Block) {
        for statement in &mut block.stmts {
            match statement {
                Stmt::Local(local) => {
                    let Some(init) = &mut local.init else { continue };
                    self.expression(&mut init.expr);
                    if let Some((_, otherwise)) = &mut init.diverge {
                        let before = self.called;
                        self.expression(otherwise);
                        self.called = before;
                    }
                }
                Stmt::Expr(expression, _) => self.expression(expression),
                Stmt::Macro(statement) => self.input(&statement.mac),
                // It would be there twice; that of `#[timed]` does nothing.
                Stmt::Item(Item::Static(site)) if site.ident == "__AUDIT_SITE" => {}
                Stmt::Item(item) => self.escapes |= !matches!(item, Item::Use(_)),
            }
        }
    }

    fn each<'e>(&mut self, all: impl IntoIterator<Item = &'e mut Expr>) {
        for expression in all {
            self.expression(expression);
        }
    }

    fn expression(&mut self, expression: &mut Expr) {
        match expression {
            Expr::Return(_) | Expr::Try(_) => self.exit(expression),
            Expr::Call(call) => {
                self.expression(&mut call.func);
                self.each(&mut call.args);
                let named = |path: &syn::Path| {
                    path.segments.last().is_some_and(|last| last.ident == self.name)
                };
                self.called |= matches!(&*call.func, Expr::Path(path) if named(&path.path));
            }
            Expr::MethodCall(call) => {
                self.expression(&mut call.receiver);
                self.each(&mut call.args);
                self.called |= call.method == self.name;
            }
            Expr::Binary(both) => {
                self.expression(&mut both.left);
                let is_lazy = matches!(both.op, BinOp::And(_) | BinOp::Or(_));
                let before = self.called;
                self.expression(&mut both.right);
                self.called = if is_lazy { before } else { self.called || self.is_operator() };
            }
            Expr::Unary(one) => {
                self.expression(&mut one.expr);
                self.called |= self.is_operator();
            }
            Expr::Index(index) => {
                self.each([&mut *index.expr, &mut *index.index]);
                self.called |= self.is_operator();
            }
            Expr::Assign(assign) => self.each([&mut *assign.right, &mut *assign.left]),
            Expr::Array(array) => self.each(&mut array.elems),
            Expr::Tuple(tuple) => self.each(&mut tuple.elems),
            Expr::Struct(fields) => {
                self.each(fields.fields.iter_mut().map(|field| &mut field.expr));
                self.each(fields.rest.as_deref_mut());
            }
            Expr::Range(range) => {
                self.each(range.start.as_deref_mut().into_iter().chain(range.end.as_deref_mut()));
            }
            Expr::Repeat(repeat) => self.expression(&mut repeat.expr),
            Expr::Cast(cast) => self.expression(&mut cast.expr),
            Expr::Field(field) => self.expression(&mut field.base),
            Expr::Group(group) => self.expression(&mut group.expr),
            Expr::Paren(paren) => self.expression(&mut paren.expr),
            Expr::RawAddr(address) => self.expression(&mut address.expr),
            Expr::Reference(reference) => self.expression(&mut reference.expr),
            Expr::Let(binding) => self.expression(&mut binding.expr),
            Expr::Unsafe(inner) => self.block(&mut inner.block),
            Expr::Macro(macro_call) => self.input(&macro_call.mac),
            // What these hold runs elsewhere, or does not leave them.
            Expr::Closure(_)
            | Expr::Async(_)
            | Expr::Const(_)
            | Expr::Infer(_)
            | Expr::Lit(_)
            | Expr::Path(_) => {}
            _ => self.branch(expression),
        }
    }

    /// Where paths part.
    fn branch(&mut self, expression: &mut Expr) {
        match expression {
            Expr::Block(inner) if inner.label.is_none() => self.block(&mut inner.block),
            Expr::Block(inner) => self.breakable(|walk| walk.block(&mut inner.block)),
            Expr::If(choice) => {
                self.expression(&mut choice.cond);
                let before = self.called;
                self.block(&mut choice.then_branch);
                let then = std::mem::replace(&mut self.called, before);
                self.each(choice.else_branch.as_mut().map(|(_, otherwise)| &mut **otherwise));
                self.called &= then;
            }
            Expr::Match(choice) => {
                self.expression(&mut choice.expr);
                let before = self.called;
                let mut all = true;
                for arm in &mut choice.arms {
                    self.called = before;
                    if let Pat::Guard(guarded) = &mut arm.pat {
                        self.expression(&mut guarded.guard);
                    }
                    self.expression(&mut arm.body);
                    all &= self.called;
                }
                self.called = before || all;
            }
            Expr::Loop(repeated) => self.breakable(|walk| {
                walk.block(&mut repeated.body);
                walk.escapes |= !walk.called;
                walk.called = true;
            }),
            Expr::While(repeated) => {
                self.expression(&mut repeated.cond);
                self.repeats(&mut repeated.body);
            }
            Expr::ForLoop(repeated) => {
                self.expression(&mut repeated.expr);
                self.repeats(&mut repeated.body);
            }
            Expr::Break(leaving) => {
                self.each(leaving.expr.as_deref_mut());
                self.breaks |= !self.called;
                self.called = true;
            }
            Expr::Continue(_) => {
                self.escapes |= !self.called;
                self.called = true;
            }
            _ => self.escapes = true,
        }
    }

    /// A body that may not run, and is run again.
    fn repeats(&mut self, body: &mut Block) {
        let before = self.called;
        self.block(body);
        self.escapes |= !self.called;
        self.called = before;
    }

    fn breakable(&mut self, inside: impl FnOnce(&mut Self)) {
        let (before, around) = (self.called, std::mem::take(&mut self.breaks));
        inside(self);
        self.called = before || self.called && !self.breaks;
        self.breaks |= around;
    }

    fn input(&mut self, called: &Macro) {
        let Some(last) = called.path.segments.last() else { return };
        let name = last.ident.to_string();
        self.escapes |= !parse::is_well_known(&last.ident) || leaves(&called.tokens);
        let ends = ["panic", "todo", "unimplemented", "unreachable"].contains(&name.as_str());
        self.called |= ends || calls(&called.tokens, &self.name);
    }

    /// `return` or `?`.
    fn exit(&mut self, expression: &mut Expr) {
        let label = self.label;
        match expression {
            Expr::Return(leaving) => {
                if let Some(value) = &mut leaving.expr {
                    self.expression(value);
                }
                self.escapes |= !self.called;
                self.called = true;
                // Without a value where there has to be one it stays a mistake.
                if leaving.expr.is_some() || self.returns.to_string() == "()" {
                    self.exits += 1;
                    *expression = Expr::Break(ExprBreak {
                        attrs: std::mem::take(&mut leaving.attrs),
                        break_token: Token![break](leaving.return_token.span),
                        label: Some(label.clone()),
                        expr: leaving.expr.take(),
                    });
                }
            }
            Expr::Try(tried) => {
                self.expression(&mut tried.expr);
                self.escapes |= !self.called;
                self.exits += 1;
                let (value, sign, returns) = (&tried.expr, &tried.question_token, &self.returns);
                let place = located(value.span());
                let hooks = at(self.hooks, place);
                let (good, rest) = (own("good"), own("rest"));
                *expression = Expr::Verbatim(quote_spanned! {place=>
                    (match #hooks::split(#value) {
                        ::core::result::Result::Ok(#good) => #good,
                        ::core::result::Result::Err(#rest) => break #label #hooks::called(
                            move || -> #returns { let _ = #rest #sign; #hooks::never() }
                        ),
                    })
                });
            }
            _ => {}
        }
    }
}
