import type { MissingRight } from "../../support/missingRights";

/**
 * The rights that a suite removes. `make test-all` sets the variable and removes every one: about
 * forty mirrors and workers, which prove what Kafka does without a right. Otherwise a suite removes
 * the first right for each final state of MirrorMaker 2, and skips the others by name.
 */
export function selected(rights: readonly MissingRight[]): readonly MissingRight[] {
    return process.env.KAFKA_DR_TEST_ALL === "1"
        ? rights
        : rights.filter(
              (right, index) => rights.findIndex(({ state }) => state === right.state) === index,
          );
}
