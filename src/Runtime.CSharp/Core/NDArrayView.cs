namespace Adjoint.Core;

/// <summary>What a debugger shows of an array when it is opened.</summary>
internal sealed class NDArrayView(NDArray array)
{
    /// <summary>The most elements that are shown as a table or a list.</summary>
    private const int Most = 10_000;

    /// <summary>Dtype and shape.</summary>
    public string Type => array.Describe();

    /// <summary>The elements, shortened in the middle.</summary>
    public string Text => array.ToString();

    /// <summary>A matrix as rows of elements; otherwise the elements in row-major order. Of large arrays the first ones.</summary>
    public object Elements
    {
        get
        {
            int width = array.Shape.Rank == 2 ? array.Shape[1].Value : 0;
            return width == 0 || array.Size > Most ? List(0, Math.Min(array.Size, Most))
                : Enumerable.Range(0, array.Shape[0].Value).Select(row => List(row * width, width)).ToArray();
        }
    }

    private Array List(int start, int count)
    {
        Array items = Array.CreateInstance(array.Storage.GetType().GetElementType()!, count);
        Array.Copy(array.Storage, array.Start + start, items, 0, count);
        return items;
    }
}
