using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Memory;

/// <summary>When the memory of each value of a <see cref="Line"/> is made and read, and how much is in use at each step.</summary>
internal sealed class LineLives
{
    private const int LargestConstant = 64;

    private readonly Dictionary<int, List<int>> views = [];

    internal LineLives(Line line)
    {
        Roots = [.. Enumerable.Range(0, line.Count)];
        Made = new int[line.Count];
        Bytes = new long[line.Count];
        Reads = new List<int>?[line.Count];
        LastReads = new int[line.Count];
        IsUpdated = new bool[line.Count];
        Array.Fill(Made, -1);
        for (int i = 0; i < line.Items.Count; i++)
        {
            Enter(line, i);
        }

        IsResult = new bool[line.Count];
        foreach (int result in line.Results)
        {
            IsResult[Roots[result]] = true;
            Read(Roots[result], line.Items.Count);
        }

        Used = new long[line.Items.Count + 1];
        Sum();
    }

    /// <summary>The value in whose memory a value lies.</summary>
    internal int[] Roots { get; }

    /// <summary>The step that makes a value; −1 for a parameter.</summary>
    internal int[] Made { get; }

    /// <summary>The bytes of a root.</summary>
    internal long[] Bytes { get; }

    /// <summary>The steps that read the memory of a root, in order; the results are read behind the last step.</summary>
    internal List<int>?[] Reads { get; }

    /// <summary>The last step that reads a value itself.</summary>
    internal int[] LastReads { get; }

    /// <summary>The values that lie in a root's memory.</summary>
    internal IEnumerable<int> Members(int root) => views.TryGetValue(root, out List<int>? list) ? list.Prepend(root) : [root];

    /// <summary>Whether a step may update a root's memory.</summary>
    internal bool[] IsUpdated { get; }

    /// <summary>Whether a root is a result.</summary>
    internal bool[] IsResult { get; }

    /// <summary>The bytes in use at each step.</summary>
    internal long[] Used { get; }

    /// <summary>The most bytes in use.</summary>
    internal long Peak => Used.Max();

    /// <summary>The first step that uses the most.</summary>
    internal int PeakStep => Array.IndexOf(Used, Used.Max());

    /// <summary>The last step that reads a root; the step that makes it where none does.</summary>
    internal int Last(int root) => Reads[root] is { } reads ? reads[^1] : Made[root];

    private void Enter(Line line, int step)
    {
        LineItem item = line.Items[step];
        for (int i = 0; i < item.Operands.Length; i++)
        {
            int root = Roots[item.Operands[i]];
            Read(root, step);
            LastReads[item.Operands[i]] = step;
            IsUpdated[root] |= item.Updates(i);
        }

        foreach (int result in item.Results)
        {
            Made[result] = step;
            bool isFree = item.Operands.Length == 0 && line.Type(result) is TensorType { Shape.Size: <= LargestConstant };
            Bytes[result] = isFree ? 0 : LoopPair.BytesOf(line.Type(result));
        }

        if (item.IsView)
        {
            int root = Roots[item.Operands[0]];
            Roots[item.Results[0]] = root;
            if (!views.TryGetValue(root, out List<int>? list))
            {
                views.Add(root, list = []);
            }

            list.Add(item.Results[0]);
        }
    }

    private void Read(int root, int step)
    {
        List<int> reads = Reads[root] ??= [];
        if (reads.Count == 0 || reads[^1] != step)
        {
            reads.Add(step);
        }
    }

    private void Sum()
    {
        for (int value = 0; value < Made.Length; value++)
        {
            if (Made[value] >= 0 && Roots[value] == value)
            {
                Used[Made[value]] += Bytes[value];
                if (Last(value) + 1 < Used.Length)
                {
                    Used[Last(value) + 1] -= Bytes[value];
                }
            }
        }

        for (int i = 1; i < Used.Length; i++)
        {
            Used[i] += Used[i - 1];
        }
    }
}
