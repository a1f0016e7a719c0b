/** Names the bounds that a client and a node both keep. */
package gongbei.verifier.limits;
