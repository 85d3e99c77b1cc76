using System.Buffers.Binary;

namespace Adjoint.Formats;

/// <summary>The checksum of zip archives: CRC-32 with the polynomial 0xEDB88320, bits reversed (ISO 3309, PKZIP's appnote 4.4.7).</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    /// <summary>Tables for eight bytes at once: entry 256·k + b is what the byte b does with k more bytes behind it.</summary>
    private static readonly uint[] Tables = MakeTables();

    /// <summary>The checksum of what came before, whose own is 0 at first, and of more bytes.</summary>
    internal static uint Of(uint before, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~before;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc ^= BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            crc = Tables[(7 * 256) + (byte)crc] ^ Tables[(6 * 256) + (byte)(crc >> 8)]
                ^ Tables[(5 * 256) + (byte)(crc >> 16)] ^ Tables[(4 * 256) + (crc >> 24)]
                ^ Tables[(3 * 256) + bytes[4]] ^ Tables[(2 * 256) + bytes[5]] ^ Tables[256 + bytes[6]] ^ Tables[bytes[7]];
        }

        foreach (byte next in bytes)
        {
            crc = Tables[(byte)crc ^ next] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] MakeTables()
    {
        uint[] tables = new uint[8 * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint crc = value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
            }

            tables[value] = crc;
        }

        for (int i = 256; i < tables.Length; i++)
        {
            tables[i] = (tables[i - 256] >> 8) ^ tables[(byte)tables[i - 256]];
        }

        return tables;
    }
}
