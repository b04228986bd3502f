/** What a check before a deployment found. */
export interface Finding {
    /** `error` stops the deployment; `warning` is shown. */
    readonly severity: "error" | "warning";
    /** One line: what is wrong, where. */
    readonly message: string;
    /** One line: what to do. */
    readonly nextStep: string;
}

export function error(message: string, nextStep: string): Finding {
    return { severity: "error", message, nextStep };
}

export function warning(message: string, nextStep: string): Finding {
    return { severity: "warning", message, nextStep };
}
