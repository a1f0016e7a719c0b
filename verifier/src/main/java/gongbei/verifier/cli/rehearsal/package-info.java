/**
 * {@code rehearse}: has a JVM load what a node needs, so that it can be kept in a class-data
 * archive for the starts to come. Runs other commands as a reader of the documentation would type
 * them, and nothing runs it but the command line.
 */
package gongbei.verifier.cli.rehearsal;
