//! Task settings: rows, errors, large objects and control tables.
//!
//! Only settings that differ from DMS's defaults or must not follow a change of the defaults. The provider
//! ignores all others. Source of names and values: DMS user guide, "Specifying task settings".

use serde::Serialize;

/// The settings of one task. They depend on neither phase nor traffic, since a change stops a running task.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaskSettings {
    change_processing_ddl_handling_policy: DdlHandling,
    control_tables_settings: ControlTables,
    error_behavior: ErrorBehavior,
    full_load_settings: FullLoad,
    logging: Logging,
    loopback_prevention_settings: LoopbackPrevention,
    target_metadata: TargetMetadata,
    validation_settings: Validation,
}

/// DDL handling. The schema is frozen during the replication: dropping a table must not drop its replica.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DdlHandling {
    handle_source_table_altered: bool,
    handle_source_table_dropped: bool,
    handle_source_table_truncated: bool,
}

/// The schema of `awsdms_apply_exceptions`, `awsdms_status` and DMS's other tables.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "the fields are DMS's")]
struct ControlTables {
    control_schema: String,
    full_load_exception_table_enabled: bool,
    history_table_enabled: bool,
    status_table_enabled: bool,
    suspended_tables_table_enabled: bool,
}

/// The effect of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum OnError {
    /// Stops the task. A missing payment is worse than a stopped task, so no row is skipped.
    StopTask,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorBehavior {
    apply_error_delete_policy: OnError,
    apply_error_escalation_policy: OnError,
    apply_error_fail_on_truncation_ddl: bool,
    apply_error_insert_policy: OnError,
    apply_error_update_policy: OnError,
    data_error_escalation_policy: OnError,
    data_error_policy: OnError,
    data_truncation_error_policy: OnError,
    fail_on_no_tables_captured: bool,
    full_load_ignore_conflicts: bool,
    /// Retries after a lost connection; -1 is unlimited.
    recoverable_error_count: i8,
    table_error_escalation_policy: OnError,
    table_error_policy: OnError,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FullLoad {
    create_pk_after_full_load: bool,
    max_full_load_sub_tasks: u8,
    target_table_prep_mode: &'static str,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Logging {
    enable_logging: bool,
    log_components: Vec<LogComponent>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LogComponent {
    id: &'static str,
    severity: &'static str,
}

/// Loopback prevention. Without it forward and reverse replication would return each row endlessly. DMS
/// requires the same schemas in both directions.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LoopbackPrevention {
    enable_loopback_prevention: bool,
    source_schema: String,
    target_schema: String,
}

/// Large objects are replicated in full: the limited mode truncates them silently.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "the fields are DMS's")]
struct TargetMetadata {
    batch_apply_enabled: bool,
    full_lob_mode: bool,
    /// KiB; larger objects are fetched one by one.
    inline_lob_max_size: u32,
    limited_size_lob_mode: bool,
    /// KiB.
    lob_chunk_size: u32,
    support_lobs: bool,
    task_recovery_table_enabled: bool,
}

/// DMS's own validation of the rows that a task writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DmsValidation {
    /// Of every row with a primary or unique key; `initialize` rejects tables without one.
    On,
    /// None: the function `validation` compares the rows.
    Off,
}

/// The settings of DMS's own validation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Validation {
    enable_validation: bool,
    skip_lob_columns: bool,
    thread_count: u8,
}

/// The components of DMS that write logs.
const LOG_COMPONENTS: [&str; 5] = [
    "SOURCE_CAPTURE",
    "SOURCE_UNLOAD",
    "TARGET_APPLY",
    "TARGET_LOAD",
    "TASK_MANAGER",
];

impl TaskSettings {
    /// The settings of a task with its control tables in `control_schema`.
    pub fn new(control_schema: &str, dms_validation: DmsValidation) -> Self {
        Self {
            change_processing_ddl_handling_policy: DdlHandling {
                handle_source_table_altered: false,
                handle_source_table_dropped: false,
                handle_source_table_truncated: true,
            },
            control_tables_settings: ControlTables {
                control_schema: control_schema.to_owned(),
                full_load_exception_table_enabled: true,
                history_table_enabled: true,
                status_table_enabled: true,
                suspended_tables_table_enabled: true,
            },
            error_behavior: ErrorBehavior {
                apply_error_delete_policy: OnError::StopTask,
                apply_error_escalation_policy: OnError::StopTask,
                apply_error_fail_on_truncation_ddl: true,
                apply_error_insert_policy: OnError::StopTask,
                apply_error_update_policy: OnError::StopTask,
                data_error_escalation_policy: OnError::StopTask,
                data_error_policy: OnError::StopTask,
                data_truncation_error_policy: OnError::StopTask,
                fail_on_no_tables_captured: true,
                // Rows that change during the full load arrive twice: with the load, and as cached changes.
                full_load_ignore_conflicts: true,
                recoverable_error_count: -1,
                table_error_escalation_policy: OnError::StopTask,
                table_error_policy: OnError::StopTask,
            },
            full_load_settings: FullLoad {
                create_pk_after_full_load: false,
                max_full_load_sub_tasks: 8,
                // The schema exists, with keys, indexes and identities that DMS does not create.
                target_table_prep_mode: "DO_NOTHING",
            },
            logging: Logging {
                enable_logging: true,
                // Debug logs contain rows (PCI DSS 3.3, 3.5).
                log_components: LOG_COMPONENTS
                    .map(|id| LogComponent {
                        id,
                        severity: "LOGGER_SEVERITY_DEFAULT",
                    })
                    .into(),
            },
            loopback_prevention_settings: LoopbackPrevention {
                enable_loopback_prevention: true,
                source_schema: control_schema.to_owned(),
                target_schema: control_schema.to_owned(),
            },
            target_metadata: TargetMetadata {
                // Transactions arrive in commit order, so that the marker row proves all earlier changes.
                batch_apply_enabled: false,
                full_lob_mode: true,
                inline_lob_max_size: 32,
                limited_size_lob_mode: false,
                lob_chunk_size: 64,
                support_lobs: true,
                // A resumed task applies no change twice.
                task_recovery_table_enabled: true,
            },
            validation_settings: Validation {
                enable_validation: dms_validation == DmsValidation::On,
                skip_lob_columns: false,
                thread_count: 5,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> serde_json::Value {
        serde_json::to_value(TaskSettings::new("public", DmsValidation::On)).unwrap()
    }

    #[test]
    fn dms_validation_can_be_off() {
        let settings = TaskSettings::new("public", DmsValidation::Off);
        let settings = serde_json::to_value(settings).unwrap();
        assert_eq!(settings["ValidationSettings"]["EnableValidation"], false);
    }

    #[test]
    fn every_error_policy_stops_the_task() {
        let behavior = &settings()["ErrorBehavior"];
        for (name, value) in behavior.as_object().unwrap() {
            if name.ends_with("Policy") {
                assert_eq!(value, "STOP_TASK", "{name}");
            }
        }
    }

    #[test]
    fn lobs_are_complete_and_debug_logging_is_off() {
        let settings = settings();
        assert_eq!(settings["TargetMetadata"]["FullLobMode"], true);
        assert_eq!(settings["TargetMetadata"]["LimitedSizeLobMode"], false);
        assert!(!settings["Logging"].to_string().contains("DEBUG"));
    }

    #[test]
    fn setting_names_match_dms() {
        let settings = settings();
        for (section, name) in [
            ("ErrorBehavior", "ApplyErrorFailOnTruncationDdl"),
            ("FullLoadSettings", "MaxFullLoadSubTasks"),
            ("FullLoadSettings", "CreatePkAfterFullLoad"),
            ("LoopbackPreventionSettings", "EnableLoopbackPrevention"),
            (
                "ChangeProcessingDdlHandlingPolicy",
                "HandleSourceTableDropped",
            ),
            ("ValidationSettings", "EnableValidation"),
        ] {
            assert!(settings[section].get(name).is_some(), "{section}.{name}");
        }
    }
}
