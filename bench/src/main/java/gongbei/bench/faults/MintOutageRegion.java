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

  /** Where a device connects. */
  InetSocketAddress device();

  /** Where a checkpoint asks over HTTP: another node than the device's. */
  URI checkpoint();

  /** Where packs come from. */
  URI packs();

  /** The key by which packs are asked for. */
  SigningKey checkpointKey();

  /** The region's keys. */
  TrustList anchors();

  /** Kills all nodes that mint. */
  void killMinting() throws InterruptedException;

  /** Starts them again, and returns at once. */
  void startMinting() throws IOException;
}
