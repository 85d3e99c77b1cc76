using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Execute;

/// <summary>The places of values that kernels make and kernels alone read: in one block for each dtype, one value after another in the same bytes.</summary>
internal sealed class PlannedMemory
{
    private readonly PlanValues values;
    private readonly Dictionary<DType, BlockLayout> blocks = [];
    private readonly Dictionary<(DType Type, long Start, Shape Shape), int> known = [];
    private readonly List<PlannedArray> arrays = [];
    private readonly int[] places;
    private readonly (long Start, long Bytes)[] regions;

    internal PlannedMemory(PlanValues values)
    {
        this.values = values;
        places = new int[values.Count];
        Array.Fill(places, Step.None);
        regions = new (long, long)[values.Count];
    }

    /// <summary>The planned arrays.</summary>
    internal PlannedArray[] Arrays => [.. arrays];

    /// <summary>The bytes of the block of each dtype.</summary>
    internal IReadOnlyDictionary<DType, long> Blocks => blocks.ToDictionary(block => block.Key, block => block.Value.End);

    /// <summary>The bytes of all blocks.</summary>
    internal long Total => blocks.Values.Sum(block => block.End);

    /// <summary>Whether an array of the one type can lie where one of the other lies.</summary>
    internal static bool Fits(TensorType operand, TensorType result) => operand.DType == result.DType
        && (ReferenceEquals(operand.Shape, result.Shape) || operand.Shape.Size == result.Shape.Size);

    /// <summary>The planned array of a value, or <see cref="Step.None"/>.</summary>
    internal int PlaceOf(int number) => places[number];

    /// <summary>Whether a value has a planned array.</summary>
    internal bool IsPlanned(int number) => places[number] != Step.None;

    /// <summary>A constant.</summary>
    internal int AddConstant(int number, NDArray constant) => Set(number, new(TensorType.Of(constant), 0, constant, IsView: false));

    /// <summary>A view of a root.</summary>
    internal int AddView(int number, int root, TensorType type)
    {
        if (!IsPlanned(root))
        {
            return Set(number, new(type, 0, null, IsView: true));
        }

        PlannedArray whole = arrays[places[root]];
        if (whole.Constant is { } constant)
        {
            return Set(number, new(type, 0, new(type.DType, type.Shape, constant.Storage, values.Start(number)), IsView: false));
        }

        return places[number] = At(type, whole.Start + values.Start(number));
    }

    /// <summary>Finds places for the results of a kernel that only kernels read: in the memory of an operand that ends here, or anywhere.</summary>
    /// <param name="node">The node.</param>
    /// <param name="kernel">What it runs as.</param>
    /// <param name="reads">What it reads; results that nothing reads end here too.</param>
    /// <param name="shared">Values that another kernel may read at the same time.</param>
    internal void Place(Node node, Kernel kernel, OperandUses reads, HashSet<int> shared)
    {
        for (int i = 0; i < node.Results.Length; i++)
        {
            int number = values[node.Results[i]];
            if (!values.IsQuiet(number))
            {
                continue;
            }

            TensorType type = node.Results[i].Tensor;
            BlockLayout block = Block(type.DType);
            if (block.End + Bytes(type) > (long)Array.MaxLength * type.DType.Size())
            {
                continue;
            }

            int operand = Overwritten(node, kernel, i, reads, shared);
            if (operand != Step.None)
            {
                int root = reads.Root(operand);
                regions[number] = regions[root];
                regions[root] = default;
            }
            else
            {
                regions[number] = (block.Take(Bytes(type)), Bytes(type));
            }

            places[number] = At(type, regions[number].Start / type.DType.Size());
        }

        reads.EndToo(node.Results.Select(result => values[result]).Where(number => values.LastUse(number) == PlanValues.Unused));
    }

    /// <summary>Gives the bytes of a root back, if it has some.</summary>
    internal void Free(int root)
    {
        if (IsPlanned(root) && regions[root].Bytes > 0)
        {
            Block(arrays[places[root]].Type.DType).Free(regions[root].Start, regions[root].Bytes);
            regions[root] = default;
        }
    }

    private int Overwritten(Node node, Kernel kernel, int result, OperandUses reads, HashSet<int> shared)
    {
        TensorType type = node.Results[result].Tensor;
        foreach (int i in reads.EndingAlone)
        {
            int root = reads.Root(i);
            if (regions[root].Bytes > 0
                && regions[root].Bytes == Bytes(type)
                && !shared.Contains(root)
                && Fits(node.Operands[i].Tensor, type)
                && kernel.MayOverwrite(i, result))
            {
                return i;
            }
        }

        return Step.None;
    }

    private static long Bytes(TensorType type) => BlockLayout.Rounded((long)type.Shape.Size * type.DType.Size());

    private BlockLayout Block(DType type)
    {
        if (!blocks.TryGetValue(type, out BlockLayout? block))
        {
            block = new BlockLayout();
            blocks.Add(type, block);
        }

        return block;
    }

    private int At(TensorType type, long start)
    {
        (DType, long, Shape) key = (type.DType, start, type.Shape);
        if (!known.TryGetValue(key, out int place))
        {
            place = arrays.Count;
            arrays.Add(new(type, start, null, IsView: false));
            known.Add(key, place);
        }

        return place;
    }

    private int Set(int number, PlannedArray array)
    {
        places[number] = arrays.Count;
        arrays.Add(array);
        return places[number];
    }
}
