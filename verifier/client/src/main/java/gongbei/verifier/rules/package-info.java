/**
 * Judges holders by the rules of a kind of checkpoint: {@link gongbei.verifier.rules.Ruleset}, used
 * by a node and by a checkpoint without a network.
 */
package gongbei.verifier.rules;
