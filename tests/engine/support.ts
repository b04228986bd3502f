import * as pulumi from "@pulumi/pulumi";
import {
    type Backend,
    type Program,
    type ProgramResult,
    RecordingBackend,
    type Registration,
    runProgram,
    type RunOptions,
} from "../../engine";

/** A component that creates its children by a function of the test. */
export class Component extends pulumi.ComponentResource {
    constructor(
        name: string,
        make: (parent: Component) => void,
        options?: pulumi.ComponentResourceOptions,
        type = "test:index:Component",
    ) {
        super(type, name, {}, options);
        make(this);
        this.registerOutputs({});
    }
}

export const stackOf = { project: "project", stack: "stack", config: {} };

export function run(program: Program, options: Partial<RunOptions> = {}): Promise<ProgramResult> {
    return runProgram(program, { ...stackOf, backend: new RecordingBackend(), ...options });
}

/** The registration of a name that the program used once. */
export function named(result: ProgramResult, name: string): Registration {
    const [found, ...others] = result.registrations.filter((one) => one.name === name);
    if (found === undefined || others.length > 0) {
        throw new Error(`${others.length + (found ? 1 : 0)} registrations are named ${name}`);
    }
    return found;
}

/** A backend that answers like the recording one, unless a test overrides a method. */
export function backendWith(overrides: Partial<Backend>): Backend {
    const recording = new RecordingBackend();
    return {
        create: (registration, context) => recording.create(registration, context),
        read: (request) => recording.read(request),
        ...overrides,
    };
}
