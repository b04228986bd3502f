import * as pulumi from "@pulumi/pulumi";

/**
 * An error of which Pulumi prints only the message, without a stack trace.
 *
 * It has no stack: Pulumi's launcher inspects each uncaught error before it prints anything, which
 * took 20 to 80 s on Node 20 for an error thrown inside an `apply`.
 */
export function refusal(message: string): pulumi.RunError {
    const error = new pulumi.RunError(message);
    delete error.stack;
    return error;
}

/** Calls a pure function that throws plain errors, inside an `apply`. */
export function refusing<T>(call: () => T): T {
    try {
        return call();
    } catch (error) {
        throw refusal(error instanceof Error ? error.message : String(error));
    }
}
