//! Settings of the comparison of source and target.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::newtypes::{
    ChunkBytes, ChunkRows, DutyCycle, LambdaSeconds, Rechecks, SampleChunks, SampleThreshold,
    SessionLimit,
};

/// Settings of the validation: size of chunks, load on the source, sampling and rechecks.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[serde(default)]
pub struct Validation {
    /// Maximum rows of a chunk, estimated from database statistics. Default: 200000.
    pub chunk_rows: ChunkRows,
    /// Maximum bytes of a chunk, estimated from database statistics. Default: 134217728 (128 MiB).
    pub chunk_bytes: ChunkBytes,
    /// Timeout of one statement, in seconds. Default: 240.
    pub statement_timeout_seconds: LambdaSeconds,
    /// Concurrent sessions on one source, of all executions; 0 is no limit. Default: 16.
    pub source_sessions: SessionLimit,
    /// Percentage of the time in which a session runs statements on the source. Default: 100.
    pub source_duty_cycle_percent: DutyCycle,
    /// Tables with more rows are sampled; 0 turns sampling off. Default: 0.
    pub sample_above_rows: SampleThreshold,
    /// Chunks that are compared of a sampled table: both ends, and others at random. Default: 1000.
    pub sample_chunks: SampleChunks,
    /// Rechecks of a mismatched row, at intervals of `max_replication_lag`. Default: 5.
    pub max_rechecks: Rechecks,
}

impl Default for Validation {
    fn default() -> Self {
        Self {
            chunk_rows: ChunkRows::constant::<200_000>(),
            chunk_bytes: ChunkBytes::constant::<134_217_728>(),
            statement_timeout_seconds: LambdaSeconds::constant::<240>(),
            source_sessions: SessionLimit::constant::<16>(),
            source_duty_cycle_percent: DutyCycle::constant::<100>(),
            sample_above_rows: SampleThreshold::constant::<0>(),
            sample_chunks: SampleChunks::constant::<1000>(),
            max_rechecks: Rechecks::constant::<5>(),
        }
    }
}
