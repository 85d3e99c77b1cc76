using System.Diagnostics;
using System.Runtime.CompilerServices;
using Adjoint.Compile.Methods;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Execute;

/// <summary>When a program that runs node by node is made into machine code: when it has run for as long as making that code takes.</summary>
/// <remarks>
/// So a program never takes more than twice the time of the better way, however often it will run. Measured in November 2026 on Zen 4: code
/// costs 0.1 to 0.4 ms for each operation in it.
/// </remarks>
internal sealed class Tiers
{
    private const double MakingNode = 300e-6;
    private const int MostNodes = 5000;

    private long ticksLeft;
    private int isCool;
    private int hasRun;

    private Tiers(long ticks)
    {
        ticksLeft = ticks;
        isCool = 1;
    }

    /// <summary>Whether machine code has not been made.</summary>
    internal bool IsCool => Volatile.Read(ref isCool) != 0;

    /// <summary>The account of a graph; null where there is nothing to gain, or too much to make.</summary>
    internal static Tiers? Of(Graph graph)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            return null;
        }

        int nodes = Size(graph);
        return nodes is < 2 or > MostNodes ? null : new((long)(nodes * MakingNode * Stopwatch.Frequency));
    }

    /// <summary>
    /// Takes the time of a run into account. True once, for the caller who is to make machine code. The first run does not count: .NET may have had
    /// to compile the kernels.
    /// </summary>
    internal bool IsHotAfter(long ticks) =>
        Interlocked.Exchange(ref hasRun, 1) != 0 && Interlocked.Add(ref ticksLeft, -ticks) < 0 && Interlocked.Exchange(ref isCool, 0) != 0;

    /// <summary>The nodes of a graph and of the bodies in it.</summary>
    private static int Size(Graph graph)
    {
        int size = graph.Nodes.Length;
        foreach (Node node in graph.Nodes)
        {
            size += node.Primitive is BodyPrimitive body && size <= MostNodes && Lowerable.Bodies(body) is { } bodies ? bodies.Sum(Size) : 0;
        }

        return size;
    }
}
