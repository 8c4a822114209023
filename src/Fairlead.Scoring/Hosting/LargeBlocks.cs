using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Fairlead.Scoring.Hosting;

/// <summary>Memory for connections in blocks of 64 KB: a large body then takes a sixteenth of the calls to the kernel.</summary>
internal sealed class LargeBlocks : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        private const int BlockBytes = 64 * 1024;

        /// <summary>Above this, blocks are left to the garbage collector.</summary>
        private const int KeptBlocks = 64;

        private readonly ConcurrentQueue<Block> _free = new();

        public override int MaxBufferSize => BlockBytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
            minBufferSize > BlockBytes
                ? throw new ArgumentOutOfRangeException(nameof(minBufferSize), minBufferSize, $"At most {BlockBytes}.")
                : _free.TryDequeue(out var block) ? block : new Block(this);

        protected override void Dispose(bool disposing)
        {
        }

        private void Return(Block block)
        {
            if (_free.Count < KeptBlocks)
            {
                _free.Enqueue(block);
            }
        }

        private sealed class Block(Pool pool) : IMemoryOwner<byte>
        {
            // Pinned: the socket writes into it.
            private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

            public Memory<byte> Memory => _bytes;

            public void Dispose() => pool.Return(this);
        }
    }
}
