/**
 * Who changes colours, on what grounds and how many: counts for whoever oversees the authorities,
 * taken from what every version changed, nothing of one holder. It knows the replicated state, no
 * server. Start reading at {@link gongbei.verifier.oversight.Oversight}.
 */
package gongbei.verifier.oversight;
