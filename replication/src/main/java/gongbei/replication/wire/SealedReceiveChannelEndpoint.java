package gongbei.replication.wire;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ImageConnection;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import io.aeron.protocol.RttMeasurementFlyweight;
import io.aeron.protocol.SetupFlyweight;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/** A subscription's endpoint whose datagrams are sealed, with one transport or with several. */
final class SealedReceiveChannelEndpoint extends ReceiveChannelEndpoint {
  private final SealedPeer peer;
  private final SetupFlyweight heldSetup = new SetupFlyweight();

  SealedReceiveChannelEndpoint(
      WireSeal seal,
      UdpChannel channel,
      DataPacketDispatcher dispatcher,
      AtomicCounter status,
      MediaDriver.Context context) {
    super(channel, dispatcher, status, context);
    peer =
        new SealedPeer(
            seal,
            SealedDatagram.Direction.TO_PUBLICATION,
            WireSeal.maxDatagramBytes(context),
            context.nanoClock(),
            this::transmit);
  }

  private void transmit(ByteBuffer wire, InetSocketAddress to, int transportIndex) {
    if (hasDestinationControl()) {
      super.send(wire, wire.remaining(), transportIndex, to);
    } else {
      super.sendTo(wire, to);
    }
  }

  @Override
  public int sendTo(ByteBuffer buffer, InetSocketAddress remoteAddress) {
    final int length = buffer.remaining();
    final ByteBuffer wire = peer.seal(buffer);
    final int sealedLength = wire.remaining();
    return super.sendTo(wire, remoteAddress) == sealedLength ? length : 0;
  }

  @Override
  protected void send(ByteBuffer buffer, int length, ImageConnection[] imageConnections) {
    if (hasDestinationControl()) {
      final ByteBuffer wire = peer.seal(buffer);
      super.send(wire, wire.remaining(), imageConnections);
    } else {
      super.send(buffer, length, imageConnections);
    }
  }

  @Override
  protected void send(
      ByteBuffer buffer, int length, int transportIndex, InetSocketAddress remoteAddress) {
    if (hasDestinationControl()) {
      final ByteBuffer wire = peer.seal(buffer);
      super.send(wire, wire.remaining(), transportIndex, remoteAddress);
    } else {
      super.send(buffer, length, transportIndex, remoteAddress);
    }
  }

  @Override
  public boolean isValidFrame(UnsafeBuffer buffer, int length) {
    if (!peer.open(buffer, length)) {
      return false;
    }
    if (peer.isFrame()) {
      return super.isValidFrame(buffer, peer.length());
    }
    // Has the poller call onDataPacket, which knows where the datagram came from, and by which
    // transport.
    buffer.putShort(
        HeaderFlyweight.TYPE_FIELD_OFFSET, (short) HeaderFlyweight.HDR_TYPE_DATA, LITTLE_ENDIAN);
    return true;
  }

  @Override
  public int onDataPacket(
      DataHeaderFlyweight header,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      int transportIndex) {
    if (peer.admits(buffer, source, transportIndex, false)) {
      return super.onDataPacket(header, buffer, peer.length(), source, transportIndex);
    }
    final UnsafeBuffer held = peer.takeReleased();
    if (held != null) {
      heldSetup.wrap(held);
      super.onSetupMessage(heldSetup, held, held.capacity(), source, transportIndex);
    }
    return 0;
  }

  @Override
  public void onSetupMessage(
      SetupFlyweight header,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      int transportIndex) {
    if (peer.admits(buffer, source, transportIndex, true)) {
      super.onSetupMessage(header, buffer, peer.length(), source, transportIndex);
    }
  }

  @Override
  public void onRttMeasurement(
      RttMeasurementFlyweight header,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      int transportIndex) {
    if (peer.admits(buffer, source, transportIndex, false)) {
      super.onRttMeasurement(header, buffer, peer.length(), source, transportIndex);
    }
  }
}
