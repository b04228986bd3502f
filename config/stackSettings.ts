import * as pulumi from "@pulumi/pulumi";
import { fromConfigValue } from "./configValue";
import { type ParsedSettings, parseSettings } from "./parseSettings";
import { formatProblem, SettingsError } from "./problem";
import type { Settings } from "./settingsSchema";

/**
 * The settings of the running stack. Only this module reads Pulumi config. Warnings go to
 * Pulumi's log.
 *
 * @throws {pulumi.RunError} with every broken rule; Pulumi prints it without a stack trace.
 */
export function stackSettings(): Settings {
    const { settings, warnings } = parseStackConfig(`Pulumi.${pulumi.getStack()}.yaml`);
    for (const warning of warnings) {
        void pulumi.log.warn(formatProblem(warning));
    }
    return settings;
}

function parseStackConfig(stackFile: string): ParsedSettings {
    try {
        return parseSettings(projectConfig(), stackFile);
    } catch (error) {
        if (error instanceof SettingsError) {
            throw new pulumi.RunError(error.message);
        }
        throw error;
    }
}

/** Every value of the project's config, unknown keys included, without the project's name. */
function projectConfig(): Record<string, unknown> {
    const prefix = `${pulumi.getProject()}:`;
    return Object.fromEntries(
        Object.entries(pulumi.runtime.allConfig())
            .filter(([key]) => key.startsWith(prefix))
            .map(([key, value]) => [key.slice(prefix.length), fromConfigValue(value)]),
    );
}
