import { join } from "node:path";

/**
 * The folder of the project: of the checkout, or `/app` in the image. The compiled code lies in a
 * folder that is as deep below it as this one; bin/build.js decides that.
 */
export const ROOT = join(__dirname, "..", "..");
