using System.Buffers;

namespace Fairlead.Scoring.Protocol;

/// <summary>One frame; its payload is valid until the next read.</summary>
internal readonly record struct Frame(FrameKind Kind, uint Stream, ReadOnlySequence<byte> Payload);
