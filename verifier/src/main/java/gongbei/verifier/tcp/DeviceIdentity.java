package gongbei.verifier.tcp;

import gongbei.verifier.net.ClientAddress;
import gongbei.verifier.tls.TlsPeer;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Which device a connection is of, as its Hello has shown.
 *
 * @param enrolment by which it may connect
 * @param peer its certificate, where it has shown one
 * @param counts what its scans are counted in
 * @param rateHolder whose rates it is held to: the device, or its address where all may connect
 */
record DeviceIdentity(
    Enrolment enrolment, Optional<TlsPeer> peer, DeviceCounts.One counts, Object rateHolder) {
  /** Finds the device; empty where certificate or credential are not its own. */
  static Optional<DeviceIdentity> of(
      String deviceId,
      byte[] credential,
      Optional<TlsPeer> peer,
      InetAddress address,
      TcpServer.Context settings) {
    final DeviceRegistry devices = settings.devices();
    final Enrolment enrolment;
    if (peer.isEmpty()) {
      enrolment = devices.recognise(deviceId, credential);
    } else {
      enrolment =
          peer.get().purposes().contains(TlsPeer.DEVICE) && peer.get().name().equals(deviceId)
              ? devices.certified(deviceId)
              : null;
    }
    if (enrolment == null) {
      return Optional.empty();
    }
    return Optional.of(
        devices.isOpen()
            ? new DeviceIdentity(
                enrolment, peer, settings.counts().ofOthers(), ClientAddress.of(address))
            : new DeviceIdentity(
                enrolment, peer, settings.counts().ofEnrolled(deviceId), deviceId));
  }

  /** Whether the device is revoked, by its enrolment or by its certificate. */
  boolean isRevoked() {
    return enrolment.revoked() || isCertificateRevoked();
  }

  /** Whether the device may stay connected, by what is known of it now. */
  boolean stands(DeviceRegistry devices) {
    return !isCertificateRevoked() && devices.stands(enrolment);
  }

  private boolean isCertificateRevoked() {
    return peer.isPresent() && peer.get().isRevoked();
  }
}
