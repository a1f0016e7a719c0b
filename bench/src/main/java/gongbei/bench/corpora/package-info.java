/**
 * Conformance with the test data of others: every input of a corpus, run as a user would, and
 * compared with what the corpus calls right. It may know the command line and a node. Start with
 * {@code Corpora}.
 */
package gongbei.bench.corpora;
