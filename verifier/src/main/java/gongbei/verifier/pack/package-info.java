/** Makes the packs of a node's map by which checkpoints judge without a network. */
package gongbei.verifier.pack;
