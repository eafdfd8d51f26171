//! Task settings: what DMS does with rows, errors, large objects and its own tables.
//!
//! Only what differs from DMS's defaults, or must not follow them when they change. The provider leaves
//! alone what is not named here. Source of names and values: DMS user guide, "Specifying task settings".

use serde::Serialize;

/// The settings of one task. They depend on neither phase nor traffic: a change stops a running task.
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

/// The schema is frozen while replication runs: a dropped table must not drop its copy.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DdlHandling {
    handle_source_table_altered: bool,
    handle_source_table_dropped: bool,
    handle_source_table_truncated: bool,
}

/// Where `awsdms_apply_exceptions`, `awsdms_status` and the others stand.
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

/// What an error does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum OnError {
    /// Never skips or drops a row: a payment that is missing is worse than a task that waits.
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
    /// Tries after a lost connection; -1 is without end.
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

/// Without it a row that came by one way would go back by the other, for ever. Both ways name the same
/// schemas, as DMS wants.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LoopbackPrevention {
    enable_loopback_prevention: bool,
    source_schema: String,
    target_schema: String,
}

/// Large objects arrive whole, whatever their size: the limited mode cuts them silently.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "the fields are DMS's")]
struct TargetMetadata {
    batch_apply_enabled: bool,
    full_lob_mode: bool,
    /// In KiB; larger objects are looked up one by one.
    inline_lob_max_size: u32,
    limited_size_lob_mode: bool,
    /// In KiB.
    lob_chunk_size: u32,
    support_lobs: bool,
    task_recovery_table_enabled: bool,
}

/// Compares every row that has a primary or unique key; `initialize` refuses tables without one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Validation {
    enable_validation: bool,
    skip_lob_columns: bool,
    thread_count: u8,
}

/// The parts of DMS that write logs.
const LOG_COMPONENTS: [&str; 5] = [
    "SOURCE_CAPTURE",
    "SOURCE_UNLOAD",
    "TARGET_APPLY",
    "TARGET_LOAD",
    "TASK_MANAGER",
];

impl TaskSettings {
    /// The settings of a task whose control tables stand in `control_schema`.
    pub fn new(control_schema: &str) -> Self {
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
                // Rows that changed during the load come twice: with it, and as a cached change.
                full_load_ignore_conflicts: true,
                recoverable_error_count: -1,
                table_error_escalation_policy: OnError::StopTask,
                table_error_policy: OnError::StopTask,
            },
            full_load_settings: FullLoad {
                create_pk_after_full_load: false,
                max_full_load_sub_tasks: 8,
                // The schema is there, with all that DMS does not make: keys, indexes, identities.
                target_table_prep_mode: "DO_NOTHING",
            },
            logging: Logging {
                enable_logging: true,
                // Debug logs hold rows (PCI DSS 3.3, 3.5).
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
                // Transactions arrive as they were made, so that the marker proves what came before it.
                batch_apply_enabled: false,
                full_lob_mode: true,
                inline_lob_max_size: 32,
                limited_size_lob_mode: false,
                lob_chunk_size: 64,
                support_lobs: true,
                // A task that resumes applies nothing twice.
                task_recovery_table_enabled: true,
            },
            validation_settings: Validation {
                enable_validation: true,
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
        serde_json::to_value(TaskSettings::new("public")).unwrap()
    }

    #[test]
    fn no_error_drops_a_row() {
        let behavior = &settings()["ErrorBehavior"];
        for (name, value) in behavior.as_object().unwrap() {
            if name.ends_with("Policy") {
                assert_eq!(value, "STOP_TASK", "{name}");
            }
        }
    }

    #[test]
    fn nothing_is_cut_and_nothing_is_logged_at_debug() {
        let settings = settings();
        assert_eq!(settings["TargetMetadata"]["FullLobMode"], true);
        assert_eq!(settings["TargetMetadata"]["LimitedSizeLobMode"], false);
        assert!(!settings["Logging"].to_string().contains("DEBUG"));
    }

    #[test]
    fn names_are_those_of_dms() {
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
