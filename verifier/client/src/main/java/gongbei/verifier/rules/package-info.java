/**
 * Evaluates holders by the rules of a kind of checkpoint: start with {@link
 * gongbei.verifier.rules.Ruleset}, used by a node and by a checkpoint without a network. It may
 * know codec, and nothing of how a scan comes.
 */
package gongbei.verifier.rules;
