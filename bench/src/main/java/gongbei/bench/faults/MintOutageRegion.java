package gongbei.bench.faults;

import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/** The nodes of a region whose minting fails: some mint, others scan, one of those makes packs. */
interface MintOutageRegion {
  /** Where wallets ask for codes. */
  List<URI> minting();

  /** Where a device connects: its own node, and the one for when that does not answer. */
  List<InetSocketAddress> devices();

  /** Where a checkpoint asks over HTTP, in this order; no node of the device's own. */
  List<URI> checkpoints();

  /** Where packs come from, and what the log says of minting, in this order. */
  List<URI> packs();

  /** The key by which packs are asked for. */
  SigningKey checkpointKey();

  /** The region's keys. */
  TrustList anchors();

  /** Kills all nodes that mint. */
  void killMinting() throws InterruptedException;

  /** Starts them again, and returns at once. */
  void startMinting() throws IOException;

  /** Disturbs a node that scans, or mends it, where that is due; one at a time. */
  void disturb(long nowMillis) throws IOException, InterruptedException;

  /**
   * Mends all that scan.
   *
   * @return how often one of them was disturbed
   */
  int mend() throws IOException, InterruptedException;
}
