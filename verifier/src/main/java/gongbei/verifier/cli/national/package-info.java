/**
 * The command {@code rules}: checks national entry rules against their tests and CertLogic against
 * its test suite, without a node, and shows and puts the rules of countries through one. Start
 * reading at {@link gongbei.verifier.cli.national.RulesCommand}.
 */
package gongbei.verifier.cli.national;
