using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Compile.Methods;
using Adjoint.Compile.Regions;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Nests;

/// <summary>The program of a fused body while it is built: its buffers, and the elements of its values.</summary>
internal sealed class NestFrame
{
    /// <summary>Elements of work that one tile has, about.</summary>
    internal const int TileElements = 1 << 15;

    private const int MostGrain = 1 << 14;
    private const int LeastGrain = 1 << 11;
    private const double GrainWork = 1 << 18;

    private readonly Dictionary<Value, LoopBuffer> inputs = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, LoopBuffer> outputs = new(ReferenceEqualityComparer.Instance);

    /// <summary>Buffers for the operands and results of a body.</summary>
    internal NestFrame(Graph body, string name)
    {
        Body = body;
        Builder = new(name) { MostValues = LoopBuilder.Long };
        Elements = new(Builder);
        foreach (Value parameter in body.Parameters)
        {
            LoopBuffer buffer = Buffer(LoopBufferKind.Input, parameter);
            inputs.Add(parameter, buffer);
            Elements.Define(parameter, index => Builder.Load(buffer, LoopIndices.Flat(Builder, index, parameter.Tensor.Shape)));
        }

        Grain = GrainOf(body);
        Results = [.. body.Results.Select(result => Buffer(LoopBufferKind.Output, result))];
        for (int i = 0; i < Results.Length; i++)
        {
            outputs.TryAdd(body.Results[i], Results[i]);
        }
    }

    /// <summary>The body.</summary>
    internal Graph Body { get; }

    /// <summary>
    /// Elements of a tile of work that can be cut anywhere: about two microseconds on one core, a few times what it costs to hand a tile over.
    /// </summary>
    internal int Grain { get; }

    /// <summary>Where instructions go.</summary>
    internal LoopBuilder Builder { get; }

    /// <summary>The values' elements.</summary>
    internal GraphElements Elements { get; }

    /// <summary>The results' buffers.</summary>
    internal ImmutableArray<LoopBuffer> Results { get; }

    /// <summary>An operand's buffer.</summary>
    internal LoopBuffer InputOf(Value parameter) => inputs[parameter];

    /// <summary>A result's buffer; null where the value is none.</summary>
    internal LoopBuffer? OutputOf(Value value) => outputs.GetValueOrDefault(value);

    /// <summary>Writes an element of every result that is this value.</summary>
    internal void Store(Value value, LoopValue offset, LoopValue element)
    {
        for (int i = 0; i < Results.Length; i++)
        {
            if (ReferenceEquals(Body.Results[i], value))
            {
                Builder.Store(Results[i], offset, element);
            }
        }
    }

    /// <summary>Writes what the results have that have an element for each row.</summary>
    internal void StoreRow(NestSpace space, NestLevels levels, ImmutableArray<LoopValue> place)
    {
        foreach (Value result in Body.Results.Where(result => !levels.IsWide(result)).Distinct())
        {
            ImmutableArray<LoopValue> index = LoopIndices.Reshaped(Builder, place, space.Rows, result.Tensor.Shape);
            Store(result, LoopIndices.Flat(Builder, place, space.Rows), Elements.At(result, index));
        }
    }

    /// <summary>How many there are from a tile's first on, at most so many.</summary>
    internal LoopValue CountFrom(LoopValue first, long most, long total) =>
        total % most == 0 ? Builder.Index(Math.Min(most, total)) : Builder.Minimum(Builder.Index(most), Builder.Index(total) - first);

    /// <summary>Runs a body for numbers below a count, one after another.</summary>
    internal void Serial(LoopValue count, Action<LoopValue> body) => Builder.Serial(count, [], (index, _) =>
    {
        body(index);
        return [];
    });

    /// <summary>How many parts of a size make up a whole.</summary>
    internal static long Parts(long whole, long size) => (whole + size - 1) / size;

    /// <summary>Elements of a tile of work of a body.</summary>
    internal static int GrainOf(Graph body)
    {
        double instructions = body.Nodes.Sum(ElementWork.Own);
        int size = body.Results.Select(result => result.Tensor.DType.Size()).DefaultIfEmpty(sizeof(float)).Max();
        double elements = GrainWork / Math.Max(1, instructions) * sizeof(float) / size;
        return (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(elements, LeastGrain, MostGrain));
    }

    private LoopBuffer Buffer(LoopBufferKind kind, Value value) => Builder.Buffer(kind, value.Tensor.DType, value.Tensor.Shape.Size);
}
