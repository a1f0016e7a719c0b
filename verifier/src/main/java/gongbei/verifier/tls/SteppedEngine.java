package gongbei.verifier.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/**
 * A server's engine that does all that a handshake costs while it takes a record in, made into one
 * that hands it on as tasks, as the JDK's does: Bouncy Castle's knows none. Once the handshake is
 * over it stands aside. Either a task runs or another method is called, never both, as {@link
 * SSLEngine#getDelegatedTask} has it.
 */
final class SteppedEngine extends SSLEngine {
  private static final int HEADER_BYTES = 5;
  private static final int LENGTH_OFFSET = 3;
  private static final int UNSIGNED_SHORT = 0xFFFF;
  private static final int PLAIN_BYTES = 18 * 1024;

  private final SSLEngine engine;
  private ByteBuffer record;
  private boolean isTaken;
  private volatile boolean isShaking = true;
  private volatile SSLException failure;

  SteppedEngine(SSLEngine engine) {
    this.engine = engine;
  }

  @Override
  public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] into, int offset, int length)
      throws SSLException {
    if (!isShaking) {
      return engine.unwrap(source, into, offset, length);
    }
    if (failure != null) {
      throw failure;
    }
    if (record != null) {
      return new SSLEngineResult(Status.OK, getHandshakeStatus(), 0, 0);
    }
    final int bytes =
        source.remaining() < HEADER_BYTES
            ? Integer.MAX_VALUE
            : HEADER_BYTES + (source.getShort(source.position() + LENGTH_OFFSET) & UNSIGNED_SHORT);
    if (source.remaining() < bytes) {
      return new SSLEngineResult(Status.BUFFER_UNDERFLOW, getHandshakeStatus(), 0, 0);
    }
    record = ByteBuffer.allocate(bytes);
    record.put(source.slice().limit(bytes)).flip();
    source.position(source.position() + bytes);
    isTaken = false;
    return new SSLEngineResult(Status.OK, HandshakeStatus.NEED_TASK, bytes, 0);
  }

  @Override
  public Runnable getDelegatedTask() {
    if (record == null || isTaken || !isShaking) {
      return null;
    }
    isTaken = true;
    return this::step;
  }

  private void step() {
    try {
      final ByteBuffer plain = ByteBuffer.allocate(PLAIN_BYTES);
      while (record != null) {
        final int before = record.remaining();
        final SSLEngineResult result = engine.unwrap(record, plain);
        if (plain.position() > 0 || result.getStatus() != Status.OK) {
          throw new SSLException("a handshake of " + result.getStatus());
        }
        if (!record.hasRemaining()) {
          record = null;
        } else if (record.remaining() == before) {
          // It wants to send first, and then takes the rest.
          isTaken = false;
          return;
        }
        isShaking &= !isOver(result.getHandshakeStatus());
      }
    } catch (SSLException e) {
      failure = e;
      record = null;
    }
  }

  private static boolean isOver(HandshakeStatus status) {
    return status == HandshakeStatus.FINISHED || status == HandshakeStatus.NOT_HANDSHAKING;
  }

  @Override
  public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer into)
      throws SSLException {
    if (isShaking && isTaken && record != null) {
      return new SSLEngineResult(Status.OK, HandshakeStatus.NEED_TASK, 0, 0);
    }
    final SSLEngineResult result = engine.wrap(sources, offset, length, into);
    if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
      isShaking = false;
    }
    return result;
  }

  @Override
  public HandshakeStatus getHandshakeStatus() {
    final HandshakeStatus status = engine.getHandshakeStatus();
    if (!isShaking) {
      return status;
    }
    if (record != null && status != HandshakeStatus.NEED_WRAP) {
      return HandshakeStatus.NEED_TASK;
    }
    // Before its first record, and where a step has failed, there is something to be taken in.
    return status == HandshakeStatus.NOT_HANDSHAKING ? HandshakeStatus.NEED_UNWRAP : status;
  }

  @Override
  public void closeInbound() throws SSLException {
    engine.closeInbound();
  }

  @Override
  public boolean isInboundDone() {
    return engine.isInboundDone();
  }

  @Override
  public void closeOutbound() {
    engine.closeOutbound();
  }

  @Override
  public boolean isOutboundDone() {
    return engine.isOutboundDone();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return engine.getSupportedCipherSuites();
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return engine.getEnabledCipherSuites();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    engine.setEnabledCipherSuites(suites);
  }

  @Override
  public String[] getSupportedProtocols() {
    return engine.getSupportedProtocols();
  }

  @Override
  public String[] getEnabledProtocols() {
    return engine.getEnabledProtocols();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    engine.setEnabledProtocols(protocols);
  }

  @Override
  public SSLSession getSession() {
    return engine.getSession();
  }

  @Override
  public SSLSession getHandshakeSession() {
    return engine.getHandshakeSession();
  }

  @Override
  public void beginHandshake() throws SSLException {
    engine.beginHandshake();
  }

  @Override
  public void setUseClientMode(boolean mode) {
    engine.setUseClientMode(mode);
  }

  @Override
  public boolean getUseClientMode() {
    return engine.getUseClientMode();
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    engine.setNeedClientAuth(need);
  }

  @Override
  public boolean getNeedClientAuth() {
    return engine.getNeedClientAuth();
  }

  @Override
  public void setWantClientAuth(boolean want) {
    engine.setWantClientAuth(want);
  }

  @Override
  public boolean getWantClientAuth() {
    return engine.getWantClientAuth();
  }

  @Override
  public void setEnableSessionCreation(boolean flag) {
    engine.setEnableSessionCreation(flag);
  }

  @Override
  public boolean getEnableSessionCreation() {
    return engine.getEnableSessionCreation();
  }

  @Override
  public SSLParameters getSSLParameters() {
    return engine.getSSLParameters();
  }

  @Override
  public void setSSLParameters(SSLParameters parameters) {
    engine.setSSLParameters(parameters);
  }
}
