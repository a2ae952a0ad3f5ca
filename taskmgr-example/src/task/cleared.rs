//! What of a task may stand in logs as it is: its id, status and priority never hold a secret.

use audit_runtime::AuditValue;
use audit_runtime::value::Value;

use super::{Priority, Status, TaskId};

impl AuditValue for TaskId {
    fn value(&self) -> Value<'_> {
        Value::Display(self)
    }
}

impl AuditValue for Status {
    fn value(&self) -> Value<'_> {
        Value::Literal(self.word())
    }
}

impl AuditValue for Priority {
    fn value(&self) -> Value<'_> {
        Value::Literal(self.word())
    }
}
