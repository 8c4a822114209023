using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Fairlead.Gateway.Transport;

/// <summary>A client's connection on a loop, as the web server takes it: bytes that come go into a pipe and are answered on the
/// loop's thread; bytes that go are sent by who wrote them.</summary>
internal sealed class LoopConnection : ConnectionContext, IConnectionIdFeature, IConnectionTransportFeature,
    IConnectionItemsFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature, IMemoryPoolFeature
{
    private const int InputLimit = 1024 * 1024;
    private const int OutputLimit = 64 * 1024;

    // A client that sends without pause lets others have their turn.
    private const int MostReceives = 16;

    private readonly LoopSocket _socket;
    private readonly Duplex _application;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _receiving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _endLock = new();
    private Task? _sending;
    private Exception? _reason;
    private bool _hasEnded;

    public LoopConnection(Socket system, LoopSocket socket, MemoryPool<byte> pool, string id)
    {
        (_socket, MemoryPool, ConnectionId) = (socket, pool, id);
        var input = new Pipe(new PipeOptions(
            pool, PipeScheduler.Inline, socket.Loop, InputLimit, InputLimit / 2, useSynchronizationContext: false));
        var output = new Pipe(new PipeOptions(
            pool, PipeScheduler.Inline, PipeScheduler.Inline, OutputLimit, OutputLimit / 2, useSynchronizationContext: false));
        Transport = new Duplex(input.Reader, output.Writer);
        _application = new Duplex(output.Reader, input.Writer);
        ConnectionClosed = _closed.Token;
        LocalEndPoint = system.LocalEndPoint;
        RemoteEndPoint = system.RemoteEndPoint;
        var features = new FeatureCollection(16);
        features.Set<IConnectionIdFeature>(this);
        features.Set<IConnectionTransportFeature>(this);
        features.Set<IConnectionItemsFeature>(this);
        features.Set<IConnectionLifetimeFeature>(this);
        features.Set<IConnectionEndPointFeature>(this);
        features.Set<IMemoryPoolFeature>(this);
        Features = features;
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>Begins to send now and to receive on the loop.</summary>
    public void Start()
    {
        _sending = SendAsync();
        _socket.Loop.Schedule(static state => _ = ((LoopConnection)state!).ReceiveAsync(), this);
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        End(abortReason);
        _application.Output.CancelPendingFlush();
    }

    public override async ValueTask DisposeAsync()
    {
        await Transport.Input.CompleteAsync();
        await Transport.Output.CompleteAsync();
        if (_sending is { } sending)
        {
            await sending;
            await _receiving.Task;
        }

        _socket.Dispose();
        _closed.Dispose();
        await base.DisposeAsync();
    }

    private async Task ReceiveAsync()
    {
        Exception? failure = null;
        try
        {
            await ReceiveAllAsync(_application.Output);
        }
        catch (SocketException exception)
        {
            failure = _reason ?? (exception.SocketErrorCode == SocketError.OperationAborted
                ? new ConnectionAbortedException()
                : new ConnectionResetException(exception.Message, exception));
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        await _application.Output.CompleteAsync(_reason ?? failure);
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.TellClosed(), this, preferLocal: false);
    }

    private async ValueTask ReceiveAllAsync(PipeWriter input)
    {
        var receives = 0;
        while (true)
        {
            await _socket.ReadableAsync();
            if (++receives > MostReceives)
            {
                receives = 0;
                await new Turn(_socket.Loop);
            }

            var read = _socket.TryReceive(input.GetMemory().Span);
            if (read < 0)
            {
                receives = 0;
                continue;
            }

            if (read == 0)
            {
                return;
            }

            input.Advance(read);
            var flushed = await input.FlushAsync();
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                return;
            }
        }
    }

    private async Task SendAsync()
    {
        Exception? failure = null;
        try
        {
            await SendAllAsync(_application.Input);
        }
        catch (SocketException exception)
        {
            failure = new ConnectionResetException(exception.Message, exception);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        End(failure);
        await _application.Input.CompleteAsync(failure);
        _application.Output.CancelPendingFlush();
    }

    private async ValueTask SendAllAsync(PipeReader output)
    {
        while (true)
        {
            var result = await output.ReadAsync();
            if (result.IsCanceled)
            {
                return;
            }

            foreach (var segment in result.Buffer)
            {
                await _socket.SendAsync(segment);
            }

            output.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    private void End(Exception? reason)
    {
        lock (_endLock)
        {
            if (_hasEnded)
            {
                return;
            }

            _hasEnded = true;
            _reason = reason ?? new ConnectionAbortedException("The connection was closed by the gateway.");
        }

        _socket.Shutdown();
        _socket.Dispose();
    }

    private void TellClosed()
    {
        try
        {
            _closed.Cancel();
        }
        finally
        {
            _receiving.TrySetResult();
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Goes on when the loop has looked after its other sockets.</summary>
    private readonly struct Turn(IoLoop loop) : System.Runtime.CompilerServices.ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Turn GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation) => loop.Schedule(static state => ((Action)state!)(), continuation);
    }
}
