/**
 * The server of scanner devices, which speaks frames of SBE messages ({@code
 * scanner-protocol.xml}). It knows the pipeline of scans and the way of a verdict back ({@code
 * server}), nothing of HTTP. Start reading at {@link gongbei.verifier.tcp.DeviceConnection}; {@link
 * gongbei.verifier.tcp.DeviceRegistry} says who may connect.
 */
package gongbei.verifier.tcp;
