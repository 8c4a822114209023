namespace Fairlead.Gateway.Listening.Tls;

/// <summary>A certificate that cannot be used; the message names the file, what is wrong, and how it is mended.</summary>
internal sealed class CertificateException(string message, Exception? inner = null) : Exception(message, inner);
