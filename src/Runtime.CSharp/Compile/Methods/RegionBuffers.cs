using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Compile.Methods;

/// <summary>The buffers of a region's operands and results: one for both where a large operand is updated to a result.</summary>
/// <param name="Parameters">An input, or memory that is updated in place, for each operand.</param>
/// <param name="Results">An output, or memory that is updated in place, for each result.</param>
internal sealed record RegionBuffers(ImmutableArray<LoopBuffer> Parameters, ImmutableArray<LoopBuffer> Results)
{
    /// <summary>Buffers in the order in which kernels bind them: operands in order, results in order.</summary>
    internal static RegionBuffers Of(Graph graph, LoopBuilder builder)
    {
        var parameters = ImmutableArray.CreateBuilder<LoopBuffer>();
        var results = ImmutableArray.CreateBuilder<LoopBuffer>();
        LoopBuffer New(LoopBufferKind kind, Value value) => builder.Buffer(kind, value.Tensor.DType, value.Tensor.Shape.Size);
        foreach ((int parameter, int result) in Updates(graph))
        {
            while (parameters.Count < parameter)
            {
                parameters.Add(New(LoopBufferKind.Input, graph.Parameters[parameters.Count]));
            }

            while (results.Count < result)
            {
                results.Add(New(LoopBufferKind.Output, graph.Results[results.Count]));
            }

            if (parameter < graph.Parameters.Length)
            {
                LoopBuffer both = New(LoopBufferKind.InOut, graph.Parameters[parameter]);
                parameters.Add(both);
                results.Add(both);
            }
        }

        return new(parameters.ToImmutable(), results.ToImmutable());
    }

    /// <summary>Large operands and the results that they are updated to, both ascending; then the ends of both lists.</summary>
    private static IEnumerable<(int Parameter, int Result)> Updates(Graph graph)
    {
        int last = -1;
        for (int i = 0; i < graph.Results.Length; i++)
        {
            int source = Sizes.InRegisters(graph.Results[i].Tensor) || graph.Parameters.Contains(graph.Results[i]) ? -1 : InPlace.Source(graph, i);
            if (source > last && graph.Parameters[source].Type.Equals(graph.Results[i].Type))
            {
                last = source;
                yield return (source, i);
            }
        }

        yield return (graph.Parameters.Length, graph.Results.Length);
    }
}
