import type { ProgramResult } from "../../../engine";
import type { KnownObject, KubernetesBackend, KubernetesState } from "../../support/kubernetes";
import {
    type KnownRandom,
    PackageBackends,
    RandomBackend,
    type RandomState,
} from "../../support/packageBackends";
import { TokenAwaitingBackend } from "./tokenAwaitingBackend";

/** The state of a stack between runs. */
export interface StackState {
    readonly kubernetes: KubernetesState;
    readonly random: RandomState;
}

/** The state of a stack that was never deployed. */
export function newState(): StackState {
    return { kubernetes: new Map<string, KnownObject>(), random: new Map<string, KnownRandom>() };
}

/** The backends of all packages that the program uses, over one stack's state. */
export class StackBackend extends PackageBackends {
    private readonly kubernetes: KubernetesBackend;
    private readonly random: RandomBackend;

    constructor(state: StackState) {
        const kubernetes = new TokenAwaitingBackend({
            state: state.kubernetes,
            // Foreground deletion waits for the garbage collector, which does not run.
            propagationPolicy: "Background",
        });
        const random = new RandomBackend(state.random);
        super({ kubernetes, random });
        this.kubernetes = kubernetes;
        this.random = random;
    }

    /**
     * Deletes the objects of earlier runs that this one no longer registers, the newest first, as
     * Pulumi does at the end of an update.
     */
    async deleteStale({ registrations }: ProgramResult): Promise<void> {
        const keep = new Set(registrations.map(({ urn }) => urn));
        await this.kubernetes.destroy({ keep });
        this.random.forget({ keep });
    }

    /** Deletes everything; see {@link KubernetesBackend.destroy}. */
    async destroy(): Promise<void> {
        await this.kubernetes.destroy();
        this.random.forget({ keep: new Set() });
    }
}
