import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import type { CustomResourceDefinition } from "./apiServers";

const MODULE = "github.com/external-secrets/external-secrets@v0.20.4";
/** What go.sum would hold: a hash of all files of the module. */
const SUM = "h1:HhNAjWfFEshhItphr28SGsHzf2bUP7uDAOVLg76uNAg=";
const PLURALS = ["secretstores", "externalsecrets"];

/**
 * The CRDs of the External Secrets Operator that the stack has objects of, from the operator's
 * sources in the Go module cache; downloaded where they are not there.
 *
 * @throws Error when they cannot be had, or are not those that were pinned.
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
