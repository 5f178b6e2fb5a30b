"""`genbun notify`: against a server on loopback, and a stand-in for sendmail."""
