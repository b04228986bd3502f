import { fromConfigValue } from "../../config/configValue";
import { parseSettings } from "../../config/parseSettings";
import type { Settings } from "../../config/settingsSchema";
import { readStackFile } from "../../config/stackFile";
import { CommandError } from "./commandError";
import { ROOT } from "./root";

/**
 * The settings of a stack of this checkout.
 *
 * @throws {SettingsError} when they are invalid, {StackFileError} when the stack does not exist.
 */
export function settingsOf(stack: string): Settings {
    return parseStackFile(ROOT, stack);
}

/** The settings of a stack in another folder; throws as {@link settingsOf} does. */
export function parseStackFile(folder: string, stack: string): Settings {
    const { project, config } = readStackFile(folder, stack);
    const prefix = `${project}:`;
    const raw = Object.fromEntries(
        Object.entries(config)
            .filter(([key]) => key.startsWith(prefix))
            .map(([key, value]) => [key.slice(prefix.length), fromConfigValue(value)]),
    );
    return parseSettings(raw, `Pulumi.${stack}.yaml`).settings;
}

/**
 * The settings of a stack, for a command.
 * @throws {CommandError} `badInput` that lists every invalid setting
 */
export function settingsForCommand(stack: string): Settings {
    try {
        return settingsOf(stack);
    } catch (error) {
        throw new CommandError(
            "WrongSettings",
            error instanceof Error ? error.message : String(error),
        );
    }
}
