package gongbei.replication.wire;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.aeron.driver.DriverConductorProxy;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.ErrorFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import io.aeron.protocol.NakFlyweight;
import io.aeron.protocol.ResponseSetupFlyweight;
import io.aeron.protocol.RttMeasurementFlyweight;
import io.aeron.protocol.StatusMessageFlyweight;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/** A publication's endpoint whose datagrams are sealed. */
final class SealedSendChannelEndpoint extends SendChannelEndpoint {
  private static final int NO_INDEX = 0;

  private final SealedPeer peer;
  private final StatusMessageFlyweight heldStatusMessage = new StatusMessageFlyweight();

  SealedSendChannelEndpoint(
      WireSeal seal, UdpChannel channel, AtomicCounter status, MediaDriver.Context context) {
    super(channel, status, context);
    peer =
        new SealedPeer(
            seal,
            SealedDatagram.Direction.TO_SUBSCRIPTION,
            WireSeal.maxDatagramBytes(context),
            context.nanoClock(),
            (wire, to, index) -> transmit(wire, to));
  }

  @Override
  public int send(ByteBuffer buffer) {
    final int length = buffer.remaining();
    final ByteBuffer wire = peer.seal(buffer);
    final int sealedLength = wire.remaining();
    return super.send(wire) == sealedLength ? length : 0;
  }

  @Override
  public int send(ByteBuffer buffer, InetSocketAddress endpointAddress) {
    final int length = buffer.remaining();
    final ByteBuffer wire = peer.seal(buffer);
    final int sealedLength = wire.remaining();
    return super.send(wire, endpointAddress) == sealedLength ? length : 0;
  }

  private void transmit(ByteBuffer wire, InetSocketAddress to) {
    try {
      if (sendDatagramChannel.isConnected()) {
        sendDatagramChannel.write(wire);
      } else {
        sendDatagramChannel.send(wire, to);
      }
    } catch (PortUnreachableException e) {
      // Nobody is there any more: the sender asks again.
      return;
    } catch (IOException e) {
      onSendError(e, to, errorHandler);
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
    // Has the poller call onStatusMessage, which knows where the datagram came from.
    buffer.putShort(
        HeaderFlyweight.TYPE_FIELD_OFFSET, (short) HeaderFlyweight.HDR_TYPE_SM, LITTLE_ENDIAN);
    return true;
  }

  @Override
  public void onStatusMessage(
      StatusMessageFlyweight message,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      DriverConductorProxy conductorProxy) {
    if (peer.admits(buffer, source, NO_INDEX, true)) {
      super.onStatusMessage(message, buffer, peer.length(), source, conductorProxy);
      return;
    }
    final UnsafeBuffer held = peer.takeReleased();
    if (held != null) {
      heldStatusMessage.wrap(held);
      super.onStatusMessage(heldStatusMessage, held, held.capacity(), source, conductorProxy);
    }
  }

  @Override
  public void onNakMessage(
      NakFlyweight message, UnsafeBuffer buffer, int length, InetSocketAddress source) {
    if (peer.admits(buffer, source, NO_INDEX, false)) {
      super.onNakMessage(message, buffer, peer.length(), source);
    }
  }

  @Override
  public void onRttMeasurement(
      RttMeasurementFlyweight message, UnsafeBuffer buffer, int length, InetSocketAddress source) {
    if (peer.admits(buffer, source, NO_INDEX, false)) {
      super.onRttMeasurement(message, buffer, peer.length(), source);
    }
  }

  @Override
  public void onError(
      ErrorFlyweight message,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      DriverConductorProxy conductorProxy) {
    if (peer.admits(buffer, source, NO_INDEX, false)) {
      super.onError(message, buffer, peer.length(), source, conductorProxy);
    }
  }

  @Override
  public void onResponseSetup(
      ResponseSetupFlyweight message,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      DriverConductorProxy conductorProxy) {
    if (peer.admits(buffer, source, NO_INDEX, false)) {
      super.onResponseSetup(message, buffer, peer.length(), source, conductorProxy);
    }
  }
}
