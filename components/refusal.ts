import * as pulumi from "@pulumi/pulumi";

/**
 * An error for people: Pulumi prints its message and no stack trace.
 *
 * It has no stack at all. Before it prints anything, Pulumi's launcher inspects each error that
 * nobody caught, and Node 20 took 20 to 80 s for one thrown inside of an `apply`.
 */
export function refusal(message: string): pulumi.RunError {
    const error = new pulumi.RunError(message);
    delete error.stack;
    return error;
}

/** Calls a pure function that throws plain errors, from inside of an `apply`. */
export function refusing<T>(call: () => T): T {
    try {
        return call();
    } catch (error) {
        throw refusal(error instanceof Error ? error.message : String(error));
    }
}
