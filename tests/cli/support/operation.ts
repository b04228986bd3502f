import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { shortName } from "../../../engine/urn";

/** Steps that change nothing. A refresh reports its findings at the end of its step. */
const WITHOUT_CHANGE = new Set<string>(["same", "read", "refresh"]);

/** A change by Pulumi, done or planned, of one resource. */
export interface Step {
    /** `create`, `update`, `replace`, `delete`, `read`, `refresh` and so on; never `same`. */
    readonly op: string;
    /** `Kind/name of the resource in the program`. */
    readonly resource: string;
    /** Paths of the properties that differ, where Pulumi compares them. */
    readonly paths: readonly string[];
}

/** The report of one run of the CLI. */
export interface Operation {
    readonly steps: readonly Step[];
    readonly warnings: readonly string[];
    readonly errors: readonly string[];
    readonly failed: boolean;
    /** Everything that the CLI printed. */
    readonly output: string;
    readonly seconds: number;
}

/** Collects the report of one run of the CLI. */
export class Recorder {
    private readonly steps: Step[] = [];
    private readonly warnings: string[] = [];
    private readonly errors: string[] = [];
    private readonly output: string[] = [];
    private readonly started = performance.now();

    readonly onEvent = (event: EngineEvent): void => {
        const planned = event.resourcePreEvent?.metadata;
        if (planned !== undefined && !WITHOUT_CHANGE.has(planned.op)) {
            this.steps.push(stepOf(planned));
        }
        const diagnostic = event.diagnosticEvent;
        // An ephemeral diagnostic is the progress of a wait.
        if (diagnostic === undefined || diagnostic.ephemeral === true) {
            return;
        }
        if (diagnostic.severity === "warning") {
            this.warnings.push(diagnostic.message.trim());
        } else if (diagnostic.severity === "error") {
            this.errors.push(diagnostic.message.trim());
        }
    };

    readonly onOutput = (text: string): void => {
        this.output.push(text);
    };

    finish(failed: boolean): Operation {
        return {
            steps: this.steps,
            warnings: this.warnings,
            errors: this.errors,
            failed,
            output: this.output.join(""),
            seconds: Math.round((performance.now() - this.started) / 100) / 10,
        };
    }
}

function stepOf({ op, urn, detailedDiff }: StepEventMetadata): Step {
    return { op, resource: shortName(urn), paths: Object.keys(detailedDiff ?? {}).sort() };
}
