import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["node_modules/", "strimzi/generated/", "**/*.js", "**/*.{cjs,mjs}"] },
    ...tseslint.configs.strictTypeChecked,
    ...tseslint.configs.stylisticTypeChecked,
    {
        languageOptions: {
            parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
        },
        plugins: { "@pulumi": pulumi },
        rules: {
            "@pulumi/no-output-in-template-literal": "error",
            "@typescript-eslint/no-explicit-any": "error",
            "@typescript-eslint/no-floating-promises": "error",
            // A number in a message needs no String() around it.
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
            // Mocha's "it" and resource constructors are called for their effect.
            "@typescript-eslint/no-unused-expressions": "error",
            "@typescript-eslint/consistent-type-imports": "error",
        },
    },
    {
        files: ["tests/**/*.ts"],
        rules: {
            // A test reads better when it says what must be there than when it handles what cannot be.
            "@typescript-eslint/no-non-null-assertion": "off",
        },
    },
);
