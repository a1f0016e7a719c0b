/**
 * {@code demo}: a node of generated residents in this process, with traffic of every kind. Start at
 * {@code DemoCommand}; each of the other classes is one scene of it.
 */
package gongbei.verifier.cli.demo;
