using System.Collections.Immutable;
using Adjoint.Compile.Methods;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Nests;

/// <summary>Values of a row that are dear to compute and read in a later pass too: kept in working memory as long as a row.</summary>
internal sealed class KeptValues
{
    /// <summary>More instructions than reading an element back takes.</summary>
    private const double Dear = 8;

    private readonly NestLevels levels;
    private readonly NestSpace space;
    private readonly List<Value> values = [];
    private readonly Dictionary<Value, LoopBuffer> buffers = new(ReferenceEqualityComparer.Instance);

    /// <summary>Finds them in a body.</summary>
    internal KeptValues(Graph body, NestSpace space, NestLevels levels)
    {
        this.levels = levels;
        this.space = space;
        HashSet<Value>[] needed = [.. Enumerable.Range(0, levels.Passes + 1).Select(pass => Needed(body, pass))];
        foreach (Node node in body.Nodes)
        {
            Value value = node.Result;
            int level = levels.Of(value);
            bool isDear = levels.IsWide(value) && ElementWork.Own(node) > Dear && !body.Results.Contains(value);
            if (isDear && needed[level].Contains(value) && needed.Skip(level + 1).Any(later => later.Contains(value)))
            {
                values.Add(value);
            }
        }
    }

    /// <summary>Makes working memory for them.</summary>
    internal void Allocate(LoopBuilder builder, long length)
    {
        foreach (Value value in values)
        {
            buffers.Add(value, builder.Buffer(LoopBufferKind.Scratch, value.Tensor.DType, length));
        }
    }

    /// <summary>Keeps an element of each value of a pass.</summary>
    internal void Write(NestFrame frame, int pass, ImmutableArray<LoopValue> index, LoopValue lane, Value[] written)
    {
        foreach (Value value in values.Where(value => levels.Of(value) == pass && !written.Contains(value)))
        {
            frame.Builder.Store(buffers[value], lane, frame.Elements.At(value, index));
        }
    }

    /// <summary>Says that later passes read what a pass has kept or written.</summary>
    internal void DefineReads(NestFrame frame, int pass, Func<ImmutableArray<LoopValue>, LoopValue> lane, Value[] written)
    {
        foreach (Value value in values.Where(value => levels.Of(value) == pass))
        {
            frame.Elements.Define(value, index => frame.Builder.Load(buffers[value], lane(index)));
        }

        foreach (Value value in written)
        {
            LoopBuffer output = frame.OutputOf(value)!;
            frame.Elements.Define(value, index => frame.Builder.Load(output, LoopIndices.Flat(frame.Builder, index, space.Shape)));
        }
    }

    /// <summary>The values that a pass computes, were nothing kept.</summary>
    private HashSet<Value> Needed(Graph body, int pass)
    {
        var needed = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Value>(levels.Reductions(pass).Select(reduction => reduction.Operand).Concat(levels.Written(body, pass)));
        var reductions = space.Reductions.Select(reduction => reduction.Node.Result).ToHashSet();
        while (pending.TryPop(out Value? value))
        {
            if (!reductions.Contains(value) && value.Producer is { } node && needed.Add(value))
            {
                foreach (Value operand in node.Operands)
                {
                    pending.Push(operand);
                }
            }
        }

        return needed;
    }
}
