import mocha from "mocha";

/**
 * Mocha's own report with the closing line of every suite of this project, which `make test` adds up.
 * Passed tests are printed only in slow suites, as a sign of progress.
 */
class ClosingLineReporter extends mocha.reporters.Spec {
    constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
        super(runner, options);
        runner.once(mocha.Runner.constants.EVENT_RUN_END, () => {
            const { passes, failures, pending } = this.stats;
            process.stdout.write(`${passes} passed, ${failures} failed, ${pending} skipped\n`);
        });
    }
}

export = ClosingLineReporter;
