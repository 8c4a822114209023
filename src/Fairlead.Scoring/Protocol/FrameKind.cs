namespace Fairlead.Scoring.Protocol;

/// <summary>The kinds of frames between host and worker; the same numbers are in <c>frames.py</c>.</summary>
internal enum FrameKind : byte
{
    RequestHead = 0x01,
    RequestBody = 0x02,
    RequestEnd = 0x03,
    Cancel = 0x04,
    Shutdown = 0x05,
    Credit = 0x06,

    Hello = 0x41,
    Ready = 0x42,
    Failed = 0x43,
    ResponseHead = 0x44,
    ResponseBody = 0x45,
    ResponseEnd = 0x46,
    ResponseAbort = 0x47,
    Exception = 0x48,
}
