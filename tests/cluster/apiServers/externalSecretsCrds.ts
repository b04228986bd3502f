import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import type { CustomResourceDefinition } from "./apiServers";

const MODULE = "github.com/external-secrets/external-secrets@v0.20.4";
/** The hash of all files of the module, as in go.sum. */
const SUM = "h1:HhNAjWfFEshhItphr28SGsHzf2bUP7uDAOVLg76uNAg=";
const PLURALS = ["secretstores", "externalsecrets"];

/**
 * The CRDs of the External Secrets Operator for the kinds of the stack, from the operator's sources in
 * the Go module cache, which are downloaded if necessary.
 *
 * @throws Error when the download fails, or its hash is not the pinned one.
 */
export async function externalSecretsCrds(): Promise<CustomResourceDefinition[]> {
    const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", MODULE], {
        // Outside of any module.
        cwd: tmpdir(),
        env: { ...process.env, GOWORK: "off", GOFLAGS: "" },
    });
    const { Dir, Sum } = JSON.parse(stdout) as { Dir: string; Sum: string };
    if (Sum !== SUM) {
        throw new Error(`${MODULE} has the hash ${Sum}, not ${SUM}`);
    }
    return PLURALS.map((plural) => {
        const file = path.join(Dir, "config/crds/bases", `external-secrets.io_${plural}.yaml`);
        return parse(readFileSync(file, "utf8")) as CustomResourceDefinition;
    });
}
