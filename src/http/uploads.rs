//! Files that people send in a form.

use crate::domain::error::{AppError, Field, Rule};
use axum::extract::Multipart;

/// The file in a form's field, up to `max` bytes; what is larger is not read to its end. Faults are about `field`.
pub(super) async fn read(mut form: Multipart, name: &str, max: usize, field: Field) -> Result<Vec<u8>, AppError> {
    let malformed = |_| AppError::invalid(field, Rule::Malformed);
    let mut bytes = Vec::new();
    while let Some(mut part) = form.next_field().await.map_err(malformed)? {
        if part.name() != Some(name) {
            continue;
        }
        while let Some(chunk) = part.chunk().await.map_err(malformed)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > max {
                return Err(AppError::invalid(field, Rule::TooLong));
            }
        }
    }
    Ok(bytes)
}
