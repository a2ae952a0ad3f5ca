//! The result lives as long as the receiver, and is another parameter.

struct Named(String);

impl Named {
    #[watched]
    async fn name(&self, otherwise: &str) -> &str {
        if self.0.is_empty() {
            return otherwise;
        }
        &self.0
    }
}

fn main() {
    drop(Named(String::new()).name("b"));
}
