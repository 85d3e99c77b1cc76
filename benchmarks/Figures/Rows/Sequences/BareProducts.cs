using Adjoint.Kernels;

namespace Figures.Rows;

/// <summary>Products of f32 alone, by the library that the table names, over operands that lie ready: what networks can't do without.</summary>
internal sealed class BareProducts
{
    private readonly List<ProductBatch<float>> products = [];

    /// <summary>Adds C = A B, a number of times over as many operands.</summary>
    public BareProducts Add(int m, int n, int k, int count = 1, bool transposed = false)
    {
        var a = new Matrix<float>(Filled(count * m * k), 0, k, 1);
        var b = new Matrix<float>(Filled(count * k * n), 0, transposed ? 1 : n, transposed ? k : 1);
        products.Add(new(count, m, n, k, a, m * k, b, k * n, new(new float[count * m * n], 0, n, 1), m * n));
        return this;
    }

    /// <summary>A dense layer's product: rows by inputs by outputs; with gradient also those of its cotangents.</summary>
    public BareProducts AddDense(int rows, int inputs, int outputs, bool gradient)
    {
        Add(rows, outputs, inputs);
        return gradient ? Add(rows, inputs, outputs, transposed: true).Add(inputs, outputs, rows) : this;
    }

    /// <summary>The two products of attention for each head, and the five of its pullback.</summary>
    public BareProducts AddAttention(int heads, int places, int width, bool gradient)
    {
        for (int i = 0; i < (gradient ? 3 : 1); i++)
        {
            Add(places, places, width, heads, transposed: true);
        }

        for (int i = 0; i < (gradient ? 4 : 1); i++)
        {
            Add(places, width, places, heads);
        }

        return this;
    }

    /// <summary>Runs all of them.</summary>
    public void Run(IParallel parallel)
    {
        foreach (ProductBatch<float> product in products)
        {
            Adjoint.Kernels.Libraries.Products.Multiply(product, parallel);
        }
    }

    private static float[] Filled(int length)
    {
        var random = new Random(length);
        var numbers = new float[length];
        for (int i = 0; i < length; i++)
        {
            numbers[i] = (2 * random.NextSingle()) - 1;
        }

        return numbers;
    }
}
