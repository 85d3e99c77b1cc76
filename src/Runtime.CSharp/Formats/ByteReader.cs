using System.Globalization;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Formats;

/// <summary>Reads the bytes of a file that is not trusted, and says by file and byte where it goes wrong.</summary>
internal sealed class ByteReader
{
    /// <summary>The most axes that an array in a file may have, as in NumPy.</summary>
    internal const int MostAxes = 64;

    /// <summary>What is taken at once before it is known that the bytes are there.</summary>
    private const int Trusted = 1 << 24;

    private readonly Stream stream;
    private readonly string format;
    private readonly ReadOptions options;
    private readonly long? length;

    /// <summary>A reader of a stream from where it stands.</summary>
    /// <param name="format">The format's name, for messages.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="options">What reading may cost.</param>
    /// <param name="name">The file's name, for messages; by itself if the stream is a file.</param>
    /// <param name="length">How many bytes there are, where the stream does not know.</param>
    internal ByteReader(string format, Stream stream, ReadOptions? options, string? name = null, long? length = null)
    {
        this.format = format;
        this.stream = stream;
        this.options = options ?? ReadOptions.Default;
        this.length = length ?? (stream.CanSeek ? stream.Length - stream.Position : null);
        Name = name ?? (stream is FileStream file ? Path.GetFileName(file.Name) : "the stream");
    }

    /// <summary>The file's name, for messages.</summary>
    internal string Name { get; }

    /// <summary>How many bytes have been read.</summary>
    internal long Position { get; private set; }

    /// <summary>How many bytes are left, where that is known.</summary>
    internal long? Left => length - Position;

    /// <summary>An error at a byte of the file, the next one if none is named.</summary>
    internal Core.FormatException Error(string problem, long? at = null) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{format}: {Name}, byte {at ?? Position}: {problem}"));

    /// <summary>Fills a span; fails if the file ends within.</summary>
    internal void Fill(Span<byte> into, string what)
    {
        int count = Some(into);
        if (count < into.Length)
        {
            throw Error($"the file is cut short: {what} takes {into.Length} bytes more, there are {count}.", Position - count);
        }
    }

    /// <summary>So many bytes. Memory is taken for bytes that are there, or little by little.</summary>
    internal byte[] Bytes(int count, string what)
    {
        using var all = new MemoryStream(Left >= count ? count : Math.Min(count, 1 << 16));
        byte[] piece = new byte[Math.Min(count, ArrayBytes.Piece)];
        while (all.Length < count)
        {
            Span<byte> next = piece.AsSpan(0, (int)Math.Min(piece.Length, count - all.Length));
            Fill(next, what);
            all.Write(next);
        }

        return all.ToArray();
    }

    /// <summary>All bytes that are left.</summary>
    internal byte[] Rest(string what)
    {
        long most = Math.Min(options.MostBytes, System.Array.MaxLength);
        if (Left > most)
        {
            throw Error($"{what} takes {Left} bytes; the reader allows {most}.");
        }

        using var all = new MemoryStream((int)Math.Min(Left ?? 0, Trusted));
        byte[] piece = new byte[ArrayBytes.Piece];
        for (int count = Some(piece); count > 0; count = Some(piece))
        {
            options.Cancellation.ThrowIfCancellationRequested();
            all.Write(piece, 0, count);
            if (all.Length > most)
            {
                throw Error($"{what} takes more bytes than the reader allows, {most}.");
            }
        }

        return all.ToArray();
    }

    /// <summary>Fills a span as far as the file goes; gives how far.</summary>
    internal int Some(Span<byte> into)
    {
        try
        {
            int count = stream.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
            Position += count;
            return count;
        }
        catch (InvalidDataException)
        {
            throw Error("the file is damaged: it can't be unpacked.");
        }
    }

    /// <summary>Fails unless the file ends here.</summary>
    internal void End(string what)
    {
        Span<byte> one = stackalloc byte[1];
        if (Some(one) > 0)
        {
            throw Error($"the file goes on after {what}.", Position - 1);
        }
    }

    /// <summary>The type of an array that a file says it has: as much as one array can hold.</summary>
    internal TensorType Type(DType type, IReadOnlyList<long> extents, long at)
    {
        if (extents.Count > MostAxes)
        {
            throw Error($"an array of {extents.Count} axes is said; at most {MostAxes} are read.", at);
        }

        bool empty = extents.Contains(0);
        Int128 size = 1;
        foreach (long extent in extents)
        {
            if (extent is < 0 or > int.MaxValue)
            {
                throw Error($"the extent {extent} is said; it must be 0 to {int.MaxValue}.", at);
            }

            size = empty ? 0 : size * extent;
            if (size > System.Array.MaxLength)
            {
                throw Error($"the extents [{string.Join(", ", extents)}] are said: more than {System.Array.MaxLength} elements.", at);
            }
        }

        return new(type, Shape.Of([.. extents.Select(extent => (int)extent)]));
    }

    /// <summary>The elements of an array. Memory is taken for bytes that are there, or little by little.</summary>
    internal NDArray Array(TensorType type, string what, bool bigEndian = false)
    {
        long count = (long)type.Shape.Size * type.DType.Size();
        if (count > options.MostBytes)
        {
            throw Error($"{what} is {type}, {count} bytes; the reader allows {options.MostBytes}.");
        }

        if (count > Left)
        {
            throw Error($"the file is cut short: {what} is {type} and takes {count} bytes, there are {Left}.");
        }

        NDArray array = Left is null && count > Trusted ? Gathered(type, what, count) : Direct(type, what);
        Finish(array, what, Position - count, bigEndian != !BitConverter.IsLittleEndian);
        return array;
    }

    private NDArray Direct(TensorType type, string what)
    {
        var array = new NDArray(type.DType, type.Shape, type.DType.NewArray(type.Shape.Size, zero: false));
        ArrayBytes.Each(array, piece => Fill(piece, what), options.Cancellation);
        return array;
    }

    /// <summary>An array from a stream that does not know its length: the bytes come first, then the array.</summary>
    private NDArray Gathered(TensorType type, string what, long count)
    {
        var pieces = new List<byte[]>();
        for (long got = 0; got < count; got += pieces[^1].Length)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            pieces.Add(new byte[Math.Min(ArrayBytes.Piece, count - got)]);
            Fill(pieces[^1], what);
        }

        var array = new NDArray(type.DType, type.Shape, type.DType.NewArray(type.Shape.Size, zero: false));
        int next = 0;
        ArrayBytes.Each(array, piece => pieces[next++].CopyTo(piece), options.Cancellation);
        return array;
    }

    /// <summary>Brings the bytes into the machine's order; a bool is 0 or 1.</summary>
    private void Finish(NDArray array, string what, long start, bool turn)
    {
        if (turn && array.Type.Size() > 1)
        {
            ArrayBytes.Each(array, piece => ArrayBytes.Turn(piece, array.Type), options.Cancellation);
        }

        if (array.Type == DType.Bool && ArrayBytes.Of(array, 0, array.Size).IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and int wrong)
        {
            throw Error($"{what} has a bool that is neither 0 nor 1.", start + wrong);
        }
    }
}
