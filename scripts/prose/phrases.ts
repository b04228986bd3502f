/** Phrases that a reader stumbles over, and what to write instead. */
export interface Phrase {
    /** A regular expression without flags; letters match in both cases. */
    readonly pattern: string;
    readonly instead: string;
}

export const PHRASES: readonly Phrase[] = [
    { pattern: String.raw`\bnobody\b`, instead: "name who does not, or use the passive" },
    { pattern: String.raw`\bwho(?:m|so)?ever\b`, instead: '"anyone who"' },
    { pattern: String.raw`\bfor ever\b`, instead: '"forever", or "without an end"' },
    { pattern: String.raw`\banew\b`, instead: '"again", or "from the start"' },
    { pattern: String.raw`\bso long, too\b`, instead: '"just as long"' },
    { pattern: String.raw`\bfor so long\b`, instead: '"for this long", with the time' },
    { pattern: String.raw`\blook(?:s|ed|ing)?\s+whether\b`, instead: '"check whether"' },
    { pattern: String.raw`\breckon(?:s|ed|ing)?\b`, instead: '"calculate", or "estimate"' },
    { pattern: String.raw`\bmend(?:s|ed|ing)?\b`, instead: '"repair", or "fix"' },
    { pattern: String.raw`\baliens?\b`, instead: '"unexpected"' },
    { pattern: String.raw`\bdearer\b`, instead: '"more expensive", or "costs more"' },
    { pattern: String.raw`\bthere (?:is|are|was|were) not\b`, instead: '"no ... exists"' },
    { pattern: String.raw`\bthat (?:is|are|was|were) none\b`, instead: '"that is not one"' },
    { pattern: String.raw`\bbroken off\b`, instead: '"interrupted"' },
    { pattern: String.raw`\boracles?\b`, instead: "what it does" },
    { pattern: String.raw`\bjudge[sd]?\b`, instead: '"evaluate", or "check"' },
    { pattern: String.raw`\ball (?:that|of that) (?:is|are|was|were)\b`, instead: '"every ..."' },
    {
        pattern: String.raw`\bwhat (?:is|are|was|were) (?:[\w-]+ ){1,4}(?:is|are|was|were)\b`,
        instead: "the subject itself, first",
    },
    { pattern: String.raw`\bmuch the same as\b`, instead: '"like"' },
    { pattern: String.raw`\bin plain\b(?! (?:text|English|Kafka))`, instead: '"in plain text"' },
];
